namespace Headrace.Verifier;

/// <summary>What a subprogram's parameter takes, by its type.</summary>
internal enum PassedKind
{
    /// <summary>A number.</summary>
    Scalar,
    /// <summary>The context.</summary>
    Context,
    /// <summary>Memory of a size, or NULL.</summary>
    MemoryOrNull,
    /// <summary>Memory of a size.</summary>
    Memory,
    /// <summary>A dynptr that is only read.</summary>
    Dynptr,
}
