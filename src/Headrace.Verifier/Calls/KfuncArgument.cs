namespace Headrace.Verifier;

/// <summary>What a kernel function takes an argument for.</summary>
internal enum KfuncArgument : byte
{
    /// <summary>A number.</summary>
    Number,
    /// <summary>A number that must be known when the program is verified.</summary>
    Constant,
    /// <summary>Anything: it is not looked at.</summary>
    Ignored,
    /// <summary>The context.</summary>
    Context,
    /// <summary>A dynptr that exists.</summary>
    Dynptr,
    /// <summary>A place for a new dynptr.</summary>
    NewDynptr,
    /// <summary>An iterator over numbers, on the stack.</summary>
    Iterator,
    /// <summary>2 bytes.</summary>
    Short,
    /// <summary>4 bytes.</summary>
    Word,
    /// <summary>8 bytes.</summary>
    Long,
    /// <summary>Bytes or NULL; their number, a constant, is the next argument.</summary>
    OptionalBuffer,
    /// <summary>The number of bytes at the argument before.</summary>
    BufferSize,
}
