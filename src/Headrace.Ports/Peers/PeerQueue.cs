using System.Runtime.CompilerServices;
using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>A queue on rings shared with another process: comes and goes with its peer, and trusts nothing that the peer can write.</summary>
internal abstract unsafe class PeerQueue : PacketQueue, IDisposable
{
    /// <summary>Shortest frame with a link-layer header (<c>ETH_HLEN</c>); the kernel takes no shorter one either.</summary>
    protected const uint ShortestFrame = 14;

    private long _tooShort;
    private long _tooLong;

    /// <summary>The port's number for programs.</summary>
    public uint Ifindex { get; set; }

    /// <summary>The queue's number among the port's.</summary>
    public required uint Index { get; init; }

    /// <summary>Shut by the control thread while it changes what the worker uses.</summary>
    protected WorkerGate Gate { get; } = new();

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, long>> ReadMissed() =>
    [
        new("shorter than a link-layer header", Volatile.Read(ref _tooShort)),
        new("longer than a buffer", Volatile.Read(ref _tooLong)),
    ];

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Counts a frame that arrived and cannot be taken.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    protected void CountUnusable(uint length)
    {
        if (length < ShortestFrame)
            Volatile.Write(ref _tooShort, _tooShort + 1);
        else
            Volatile.Write(ref _tooLong, _tooLong + 1);
    }

    /// <summary>Describes a frame that arrived.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Describe(Frame* frame, byte* start, byte* data, uint length, byte* end, ulong buffer, ulong now) =>
        ReceivedFrame.Describe(frame, start, data, length, end, Ifindex | ((ulong)Index << 32), buffer, now);

    /// <summary>Refuses all frames of a call for one cause and gives them back.</summary>
    protected void RefuseAll(RefusalCause cause, PacketQueue owner, Frame* frames, int count)
    {
        Counters.CountRefused(cause, count);
        owner.Release(frames, count);
    }
}
