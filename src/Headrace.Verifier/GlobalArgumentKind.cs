namespace Headrace.Verifier;

/// <summary>What a global function's parameter takes.</summary>
internal enum GlobalArgumentKind
{
    /// <summary>A number.</summary>
    Scalar,
    /// <summary>The context.</summary>
    Context,
    /// <summary>Memory of a size.</summary>
    Memory,
    /// <summary>What cannot be passed.</summary>
    Unsupported,
}
