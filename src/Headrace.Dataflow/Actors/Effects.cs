namespace Headrace.Dataflow;

/// <summary>Which regions of memory an actor touches, a bit a region of <see cref="Graph.Regions"/>.</summary>
/// <param name="Reads">Regions it reads.</param>
/// <param name="Writes">Regions it writes.</param>
public readonly record struct Effects(ulong Reads, ulong Writes)
{
    /// <summary>All regions it touches.</summary>
    public ulong All => Reads | Writes;

    /// <summary>True when two actors must keep their order.</summary>
    public bool Conflicts(Effects other) => (Writes & other.All) != 0 || (Reads & other.Writes) != 0;

    /// <summary>Both together.</summary>
    public static Effects operator |(Effects a, Effects b) => new(a.Reads | b.Reads, a.Writes | b.Writes);
}
