namespace Headrace.Ports;

/// <summary>What a port can do, as it was opened.</summary>
public sealed record PortCapabilities
{
    /// <summary>Bytes a packet may grow at its head.</summary>
    public int Headroom { get; init; }

    /// <summary>Longest frame it sends, in bytes without frame check sequence.</summary>
    public int MaxFrame { get; init; } = 1514;

    /// <summary>True when received frames are where the ring's owner put them.</summary>
    public bool ZeroCopyReceive { get; init; }

    /// <summary>True when frames of the same memory go out without a copy.</summary>
    public bool ZeroCopySend { get; init; }

    /// <summary>True when the kernel's stack gets every frame besides: a drop then only means that this program does not go on with it.</summary>
    public bool KernelKeepsCopy { get; init; }

    /// <summary>What a person should know of how it was opened, such as why it copies; empty when nothing.</summary>
    public string Note { get; init; } = "";
}
