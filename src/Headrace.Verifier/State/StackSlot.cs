namespace Headrace.Verifier;

/// <summary>Eight aligned bytes of a frame's stack.</summary>
internal struct StackSlot
{
    /// <summary>The register spilled here, when any byte is <see cref="SlotKind.Spill"/>.</summary>
    public RegisterState Spilled;

    /// <summary>One <see cref="SlotKind"/> a byte, the lowest address in the lowest bits.</summary>
    public ulong Kinds;

    /// <summary>All eight bytes of one kind.</summary>
    public static ulong All(SlotKind kind) => (ulong)kind * 0x0101_0101_0101_0101UL;

    /// <summary>The kind of a byte.</summary>
    /// <param name="index">0 for the lowest address.</param>
    public readonly SlotKind this[int index] => (SlotKind)(byte)(Kinds >> (index * 8));

    /// <summary>Sets the kind of a byte.</summary>
    /// <param name="index">0 for the lowest address.</param>
    /// <param name="kind">What it holds.</param>
    public void Set(int index, SlotKind kind) => Kinds = (Kinds & ~(0xffUL << (index * 8))) | ((ulong)kind << (index * 8));
}
