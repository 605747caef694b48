namespace Headrace.Dataflow;

/// <summary>A piece of memory that overlaps no other region.</summary>
/// <param name="Index">Its bit in <see cref="Effects"/>.</param>
/// <param name="Kind">What kind of memory.</param>
/// <param name="Name">What a person calls it: <c>packet[12..14)</c>, <c>stack[-8..0)</c>, <c>flows</c>.</param>
/// <param name="Map">Which map, or frame; -1 for the others.</param>
/// <param name="From">First byte, for packet and stack.</param>
/// <param name="To">One past the last byte.</param>
public sealed record Region(int Index, RegionKind Kind, string Name, int Map = -1, long From = 0, long To = 0)
{
    /// <summary>Its bit.</summary>
    public ulong Bit => 1UL << Index;

    /// <summary>True when packets share it, so that it orders one packet after the other.</summary>
    public bool IsShared => Kind is RegionKind.MapIndex or RegionKind.MapValues or RegionKind.World;
}
