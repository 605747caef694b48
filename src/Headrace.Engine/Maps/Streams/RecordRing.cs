using System.Diagnostics;

namespace Headrace.Engine;

/// <summary>A ring of variable records with the kernel's record headers and rules (kernel/bpf/ringbuf.c): many producers, one consumer.</summary>
/// <remarks>
/// Positions only grow; a record is at its position modulo the size. The kernel maps the data twice so that no record is split; here
/// the memory is twice the size, and a record that starts near the end runs on into the second half, which the system backs only when
/// that happens.
/// </remarks>
internal sealed unsafe class RecordRing : IDisposable
{
    /// <summary>Bytes of a record's header: 32 bits of length with two flags, 32 bits of owner.</summary>
    public const int HeaderSize = 8;

    /// <summary>In a header's length: the record is reserved and not finished (<c>BPF_RINGBUF_BUSY_BIT</c>).</summary>
    public const uint Busy = 1u << 31;

    /// <summary>In a header's length: the consumer passes over the record (<c>BPF_RINGBUF_DISCARD_BIT</c>).</summary>
    public const uint Discarded = 1u << 30;

    private const uint LongestRecord = uint.MaxValue / 4; // RINGBUF_MAX_RECORD_SZ

    private readonly NativeBlock _memory;
    private readonly byte* _data;
    private readonly ulong _mask;
    private readonly uint _owner;
    private readonly ManualResetEventSlim _wake = new(false);
    private int _lock;
    private ulong _producer;
    private ulong _consumer;
    private ulong _pending; // no record before this position is busy
    private ulong _lost;

    /// <param name="size">Bytes, a power of two.</param>
    /// <param name="owner">What a record's header says about whose it is.</param>
    public RecordRing(uint size, uint owner)
    {
        _memory = new NativeBlock(2, size);
        _data = _memory.Address;
        _mask = size - 1;
        _owner = owner;
    }

    /// <summary>Bytes.</summary>
    public ulong Size => _mask + 1;

    /// <summary>Where the consumer is.</summary>
    public ulong ConsumerPosition => Volatile.Read(ref _consumer);

    /// <summary>Where the next record will be reserved.</summary>
    public ulong ProducerPosition => Volatile.Read(ref _producer);

    /// <summary>Reservations refused because the ring was full.</summary>
    public ulong Lost => Volatile.Read(ref _lost);

    /// <summary>Whose ring a record is in, as its header says. The record must be one that <see cref="Reserve"/> gave.</summary>
    public static uint OwnerOf(byte* record) => ((uint*)(record - HeaderSize))[1];

    /// <summary>Bytes of a record that <see cref="Reserve"/> gave.</summary>
    public static uint LengthOf(byte* record) => *(uint*)(record - HeaderSize) & ~(Busy | Discarded);

    /// <summary>Reserves a record, 8-byte aligned; null when there is no room.</summary>
    public byte* Reserve(ulong size)
    {
        if (size > LongestRecord)
            return null;
        ulong length = (size + HeaderSize + 7) & ~7UL;
        if (length > Size)
            return null;
        ulong consumer = Volatile.Read(ref _consumer);
        Enter();
        SkipFinished();
        ulong producer = _producer + length;
        // Neither the consumer nor the oldest unfinished record may be overrun.
        if (producer - consumer > _mask || producer - _pending > _mask)
        {
            _lost++;
            Exit();
            return null;
        }
        byte* header = _data + (_producer & _mask);
        ((uint*)header)[1] = _owner;
        *(uint*)header = (uint)size | Busy;
        Volatile.Write(ref _producer, producer);
        Exit();
        return header + HeaderSize;
    }

    /// <summary>Finishes a record that <see cref="Reserve"/> gave.</summary>
    /// <param name="record">The record.</param>
    /// <param name="discard">True to make the consumer pass over it.</param>
    /// <param name="flags"><c>BPF_RB_NO_WAKEUP</c> (1), <c>BPF_RB_FORCE_WAKEUP</c> (2).</param>
    public void Commit(byte* record, bool discard, ulong flags)
    {
        const ulong noWakeup = 1, forceWakeup = 2;
        uint* header = (uint*)(record - HeaderSize);
        uint length = (*header & ~Busy) | (discard ? Discarded : 0);
        // A full fence: either this thread sees the consumer waiting at the record, or the consumer sees the record finished.
        Interlocked.Exchange(ref *header, length);
        ulong consumer = Volatile.Read(ref _consumer) & _mask;
        if ((flags & forceWakeup) != 0 || (consumer == (ulong)((byte*)header - _data) && (flags & noWakeup) == 0))
            _wake.Set();
    }

    /// <summary>The record at the consumer's position; false when there is none or it is not finished. Discarded ones are passed over.</summary>
    public bool TryPeek(out byte* record, out uint length)
    {
        record = null;
        length = 0;
        while (_consumer != Volatile.Read(ref _producer))
        {
            byte* header = _data + (_consumer & _mask);
            uint state = Volatile.Read(ref *(uint*)header);
            if ((state & Busy) != 0)
                return false;
            if ((state & Discarded) == 0)
            {
                record = header + HeaderSize;
                length = state;
                return true;
            }
            Advance(state & ~Discarded);
        }
        return false;
    }

    /// <summary>Gives the room of the record at the consumer's position back.</summary>
    public void Advance(uint length) => Interlocked.Exchange(ref _consumer, _consumer + ((length + HeaderSize + 7UL) & ~7UL));

    /// <summary>Waits until a record may be there.</summary>
    /// <returns>False when the time is over and none is.</returns>
    public bool Wait(TimeSpan timeout)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            _wake.Reset();
            if (TryPeek(out _, out _))
                return true;
            // A producer may set the event late, for a record that has been read: the wait goes on then.
            TimeSpan left = timeout == Timeout.InfiniteTimeSpan ? timeout : timeout - Stopwatch.GetElapsedTime(start);
            if (timeout != Timeout.InfiniteTimeSpan && left <= TimeSpan.Zero)
                return false;
            _wake.Wait(left);
        }
    }

    /// <summary>True when the bytes lie inside one record that is reserved and not finished.</summary>
    public bool ContainsReserved(ulong address, ulong size)
    {
        if (address - (ulong)_data >= _memory.Length)
            return false;
        Enter();
        SkipFinished();
        bool inside = false;
        for (ulong position = _pending; position != _producer && !inside;)
        {
            byte* header = _data + (position & _mask);
            uint state = *(uint*)header, length = state & ~(Busy | Discarded);
            ulong offset = address - (ulong)(header + HeaderSize);
            inside = (state & Busy) != 0 && offset <= length && size <= length - offset;
            position += (length + HeaderSize + 7UL) & ~7UL;
        }
        Exit();
        return inside;
    }

    public void Dispose()
    {
        _wake.Dispose();
        _memory.Dispose();
    }

    private void SkipFinished()
    {
        while (_pending != _producer)
        {
            uint state = Volatile.Read(ref *(uint*)(_data + (_pending & _mask)));
            if ((state & Busy) != 0)
                return;
            _pending += ((state & ~Discarded) + HeaderSize + 7UL) & ~7UL;
        }
    }

    private void Enter()
    {
        fixed (int* word = &_lock)
            SpinWord.Enter(word);
    }

    private void Exit() => Volatile.Write(ref _lock, 0);
}
