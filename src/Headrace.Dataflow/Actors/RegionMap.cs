namespace Headrace.Dataflow;

/// <summary>The regions that a graph's memory is split into: at most 64, none overlapping another.</summary>
public sealed class RegionMap
{
    internal static readonly RegionMap Empty = new([]);

    private readonly ulong[] _kinds = new ulong[Enum.GetValues<RegionKind>().Length];

    internal RegionMap(IReadOnlyList<Region> regions)
    {
        All = regions;
        foreach (Region region in regions)
            _kinds[(int)region.Kind] |= region.Bit;
        SharedMask = Bits(region => region.IsShared);
    }

    /// <summary>The regions by index.</summary>
    public IReadOnlyList<Region> All { get; }

    /// <summary>Bits of every region.</summary>
    public ulong Mask => All.Count == 64 ? ulong.MaxValue : (1UL << All.Count) - 1;

    /// <summary>Bits of the regions that packets share.</summary>
    public ulong SharedMask { get; }

    /// <summary>Bits of the regions of a kind.</summary>
    public ulong Of(RegionKind kind) => _kinds[(int)kind];

    /// <summary>Bits of a map's region of a kind; of all maps' when it may be any (-1).</summary>
    internal ulong OfMap(RegionKind kind, int map)
    {
        if (map < 0)
            return Of(kind);
        ulong own = 0, others = 0;
        foreach (Region region in All)
        {
            if (region.Kind == kind && region.Map == map)
                own |= region.Bit;
            else if (region.Kind == kind && region.Map < 0)
                others |= region.Bit;
        }
        return own != 0 ? own : others;
    }

    internal ulong Bits(Func<Region, bool> which)
    {
        ulong bits = 0;
        foreach (Region region in All)
            bits |= which(region) ? region.Bit : 0;
        return bits;
    }

    /// <summary>The regions of some bits.</summary>
    public IEnumerable<Region> In(ulong bits) => All.Where(region => (bits & region.Bit) != 0);
}
