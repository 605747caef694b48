namespace Headrace.Dataflow;

/// <summary>A stack slot that can become a value.</summary>
/// <param name="Frame">Which frame.</param>
/// <param name="From">First byte, from the frame's end.</param>
/// <param name="Size">Bytes, at most 8.</param>
internal readonly record struct StackSlotRange(int Frame, long From, int Size)
{
    /// <summary>True when a pointer leads into it.</summary>
    public bool Holds(PointerFacts place) => place is { Kind: PointerKind.Stack, Offset: { } offset } && place.Index == Frame && offset >= From && offset < From + Size;
}
