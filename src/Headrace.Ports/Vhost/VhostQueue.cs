using System.Runtime.CompilerServices;
using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>A queue of a vhost-user port: a pair of the driver's rings. Packets are copied both ways, since the driver's buffers are its own.</summary>
internal sealed unsafe class VhostQueue : PeerQueue
{
    private const uint BufferCount = 1024;

    private DeviceRing? _receiving;
    private DeviceRing? _sending;

    public VhostQueue(uint maxFrame) => Buffers = new PeerBuffers(BufferCount, PeerBuffers.StrideFor(maxFrame));

    /// <summary>Where received packets go.</summary>
    public PeerBuffers Buffers { get; }

    /// <summary>Changes the rings. When this returns, the worker has left the former ones, which belong to the caller again.</summary>
    public void Attach(DeviceRing? receiving, DeviceRing? sending)
    {
        Gate.Shut();
        (_receiving, _sending) = (receiving, sending);
        Gate.Open();
    }

    /// <inheritdoc/>
    public override int Receive(Frame* frames, int capacity)
    {
        if (!Gate.TryEnter())
            return 0;
        int count = _receiving?.Receive(this, frames, capacity) ?? 0;
        Gate.Exit();
        return count;
    }

    /// <inheritdoc/>
    public override void Send(PacketQueue owner, Frame* frames, int count)
    {
        if (Gate.TryEnter())
        {
            if (_sending is { } ring)
                ring.Send(this, frames, count);
            else
                Counters.CountRefused(RefusalCause.Down, count);
            Gate.Exit();
        }
        else
            Counters.CountRefused(RefusalCause.Down, count);
        owner.Release(frames, count);
    }

    /// <inheritdoc/>
    public override void Release(Frame* frames, int count)
    {
        for (int i = 0; i < count; i++)
            Buffers.Return((uint)frames[i].Buffer);
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        if (!Gate.TryEnter())
            return;
        _receiving?.Flush();
        _sending?.Flush();
        Gate.Exit();
    }

    /// <inheritdoc/>
    public override void Dispose() => Buffers.Dispose();

    /// <summary>True for a length that a frame may have; else counts it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsUsable(uint length, uint room)
    {
        if (length - ShortestFrame <= room - ShortestFrame)
            return true;
        CountUnusable(length);
        return false;
    }
}
