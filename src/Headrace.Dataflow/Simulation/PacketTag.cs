namespace Headrace.Dataflow;

/// <summary>A packet in flight: its tokens carry its number.</summary>
internal sealed class PacketTag
{
    private readonly List<(Activation Activation, int Place)>?[] _waiting = new List<(Activation, int)>?[64];
    private ulong _released;

    /// <summary>Its number in the burst.</summary>
    public required int Number { get; init; }

    /// <summary>The packet before it; null for the first, or when that holds nothing any more.</summary>
    public PacketTag? Before { get; set; }

    /// <summary>The packet after it, once it has begun.</summary>
    public PacketTag? After { get; set; }

    /// <summary>When it began.</summary>
    public required long Start { get; init; }

    /// <summary>True when it is done.</summary>
    public bool IsDone { get; set; }

    /// <summary>Where tokens go that say that a region is free; null until one does.</summary>
    public Activation? Sink { get; set; }

    /// <summary>True when this packet does not touch a region any more.</summary>
    public bool HasReleased(int region) => (_released >> region & 1) != 0;

    /// <summary>True when it does not touch any of some regions any more.</summary>
    public bool HasReleasedAll(ulong regions) => (regions & ~_released) == 0;

    /// <summary>Waits for a region to be released.</summary>
    public void Wait(int region, Activation activation, int place) => (_waiting[region] ??= []).Add((activation, place));

    /// <summary>Releases a region and tells who waited for it.</summary>
    public void Release(int region, List<(Activation, int, ulong)> deliveries)
    {
        if (HasReleased(region))
            return;
        _released |= 1UL << region;
        foreach ((Activation activation, int place) in _waiting[region] ?? [])
            deliveries.Add((activation, place, 0));
        _waiting[region] = null;
    }
}
