using System.Runtime.CompilerServices;
using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>A queue of a virtio-user port, whose memory is ours: buffers move between rings and program without a copy.</summary>
internal sealed unsafe class VirtioUserQueue : PeerQueue
{
    /// <summary>Mark of a frame that was put together from several buffers.</summary>
    public const ulong IsJoined = 1UL << 63;

    private readonly byte* _memory;
    private readonly List<DriverSide> _former = [];
    private DriverSide? _side;
    private bool _isChanged;

    /// <summary>Makes a queue without a connection.</summary>
    /// <param name="memory">Start of the memory the device maps.</param>
    /// <param name="buffers">The queue's buffers in it.</param>
    public VirtioUserQueue(byte* memory, PeerBuffers buffers)
    {
        _memory = memory;
        Buffers = buffers;
        Joined = new PeerBuffers(64, PeerBuffers.StrideFor(PacketBurst.MaxLength));
    }

    /// <summary>Buffers the device sees.</summary>
    public PeerBuffers Buffers { get; }

    /// <summary>Buffers for packets that came in several.</summary>
    public PeerBuffers Joined { get; }

    /// <inheritdoc/>
    public override int Unsent
    {
        get
        {
            if (!Gate.TryEnter())
                return 0;
            int unsent = _side?.Unsent ?? 0;
            Gate.Exit();
            return unsent;
        }
    }

    /// <summary>Changes the rings. When this returns, the worker has left the former ones.</summary>
    public void Attach(DriverSide? side)
    {
        Gate.Shut();
        if (_side is { } former)
            _former.Add(former);
        _side = side;
        _isChanged = true;
        Gate.Open();
    }

    /// <summary>Where the device has one of our addresses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong AddressOf(byte* address) => VirtioUserMemory.GuestBase + (ulong)(address - _memory);

    /// <inheritdoc/>
    public override int Receive(Frame* frames, int capacity)
    {
        if (!Gate.TryEnter())
            return 0;
        Settle();
        int count = _side?.Receive(this, frames, capacity) ?? 0;
        Gate.Exit();
        return count;
    }

    /// <inheritdoc/>
    public override void Send(PacketQueue owner, Frame* frames, int count)
    {
        if (!Gate.TryEnter())
        {
            RefuseAll(RefusalCause.Down, owner, frames, count);
            return;
        }
        Settle();
        if (_side is { } side)
            side.Send(this, frames, count, isOwn: owner == this);
        else
        {
            Counters.CountRefused(RefusalCause.Down, count);
            if (owner == this)
                Release(frames, count);
        }
        Gate.Exit();
        if (owner != this)
            owner.Release(frames, count);
    }

    /// <inheritdoc/>
    public override void Release(Frame* frames, int count)
    {
        for (int i = 0; i < count; i++)
        {
            ulong buffer = frames[i].Buffer;
            if ((buffer & IsJoined) == 0)
                Buffers.Return((uint)buffer);
            else
                Joined.Return((uint)buffer);
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        if (!Gate.TryEnter())
            return;
        _side?.Flush(this);
        Gate.Exit();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        TakeBack();
        Buffers.Dispose();
        Joined.Dispose();
    }

    /// <summary>True for a length that a frame may have; else counts it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsUsable(uint length, uint room)
    {
        if (length - ShortestFrame <= room - ShortestFrame)
            return true;
        CountUnusable(length);
        return false;
    }

    // After a change of rings: the worker does it, since buffers are its own. The device gets buffers to answer with before it gets a frame.
    private void Settle()
    {
        if (!_isChanged)
            return;
        _isChanged = false;
        TakeBack();
        _side?.Refill(this);
    }

    private void TakeBack()
    {
        foreach (DriverSide side in _former)
            side.TakeBack(this);
        _former.Clear();
    }
}
