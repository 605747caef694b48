namespace Headrace.Verifier;

/// <summary>Some bytes of a frame's stack that hold a value.</summary>
/// <param name="Offset">The lowest byte, from the frame's top.</param>
/// <param name="Size">Bytes: a pointer has 8.</param>
internal record struct StackCell(int Offset, int Size)
{
    /// <summary>What a load of exactly these bytes gives, zero-extended.</summary>
    public RegisterState Value;

    /// <summary>One past the highest byte.</summary>
    public readonly int End => Offset + Size;

    /// <summary>True when it has a byte in a range.</summary>
    public readonly bool Overlaps(long from, long to) => Offset < to && from < End;
}
