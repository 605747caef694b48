namespace Headrace.Ports;

/// <summary>What a worker does while no packet comes.</summary>
public enum IdleMode
{
    /// <summary>Looks again at once for a short while, then sleeps until a packet wakes it.</summary>
    Adaptive,

    /// <summary>Looks again at once, always: the shortest latency, and a processor for each worker.</summary>
    Spin,

    /// <summary>Sleeps at once until a packet wakes it.</summary>
    Poll,

    /// <summary>Naps for a fixed time: the least processor time under load, and the nap's time of latency.</summary>
    Sleep,
}
