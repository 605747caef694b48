namespace Headrace.Bench;

/// <summary>How large the tables of <c>bench tables</c> are, and how long they are measured.</summary>
internal sealed record TableScale
{
    /// <summary>What claims are measured with.</summary>
    public static TableScale Full { get; } = new();

    /// <summary>Small enough to see in a few seconds that everything works; its figures mean nothing.</summary>
    public static TableScale Quick { get; } = new()
    {
        FlowBits = 12,
        RecentBits = 10,
        AddressBits = 12,
        ConnectionBits = 10,
        Routes = 2000,
        Rounds = 1,
        SliceBursts = 20,
        Warming = TimeSpan.FromMilliseconds(5),
        KernelRepeats = 2000,
        KernelMeasurements = 1,
        Updates = 2000,
        ScalingRounds = 1,
    };

    /// <summary>log2 of the hash map's elements.</summary>
    public int FlowBits { get; private init; } = 22;

    /// <summary>log2 of the LRU's elements.</summary>
    public int RecentBits { get; private init; } = 20;

    /// <summary>log2 of the addresses to route.</summary>
    public int AddressBits { get; private init; } = 20;

    /// <summary>log2 of the load balancer's connections.</summary>
    public int ConnectionBits { get; private init; } = 21;

    /// <summary>Prefixes of a routing table that is drawn; null for a full one.</summary>
    public int? Routes { get; private init; }

    /// <summary>Rounds in which every side is measured in turn.</summary>
    public int Rounds { get; private init; } = 9;

    /// <summary>Bursts of a measurement of ours.</summary>
    public int SliceBursts { get; private init; } = 400;

    /// <summary>How long a program of ours runs first.</summary>
    public TimeSpan Warming { get; private init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Repeats of a kernel's test run.</summary>
    public int KernelRepeats { get; private init; } = 200_000;

    /// <summary>Test runs of the kernel in a round.</summary>
    public int KernelMeasurements { get; private init; } = 2;

    /// <summary>Changes of a routing table.</summary>
    public int Updates { get; private init; } = 400_000;

    /// <summary>Rounds of two threads beside one.</summary>
    public int ScalingRounds { get; private init; } = 15;
}
