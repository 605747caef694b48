namespace Headrace.Verifier;

/// <summary>One argument of a helper.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Flags">What else is asked of it.</param>
/// <param name="Size">Bytes of memory of a fixed size, else 0.</param>
internal readonly record struct Argument(ArgumentKind Kind, ArgumentFlags Flags = ArgumentFlags.None, int Size = 0)
{
    /// <summary>True when it has the flag.</summary>
    public bool Has(ArgumentFlags flag) => (Flags & flag) != 0;
}
