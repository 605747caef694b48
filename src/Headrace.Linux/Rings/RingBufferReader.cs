using System.Runtime.CompilerServices;
using Headrace.Bytecode;

namespace Headrace.Linux;

/// <summary>Reads the records programs put into a ring buffer, in order, straight from the kernel's memory.</summary>
/// <remarks>
/// One reader a map, one thread a reader. Reading allocates nothing. The kernel does not count what programs could not put in because the
/// ring was full: their <c>bpf_ringbuf_reserve</c> fails, and they may count that themselves. Layout: kernel documentation, bpf/ringbuf.rst.
/// </remarks>
public sealed unsafe class RingBufferReader : IDisposable
{
    // Handing the space back record by record costs a cache line's way between processors each time.
    private const int SharesOfRing = 16;

    private readonly KernelMap _map;
    private readonly MappedRing _ring;
    private readonly MappedMemoryManager _memory;
    private readonly ulong* _consumed;
    private readonly ulong* _produced;
    private readonly byte* _data;
    private readonly ulong _mask;
    private RingWaiter? _waiter;
    private ulong _position;
    private bool _disposed;

    /// <summary>Starts reading a map of type <see cref="MapType.RingBuffer"/> where the last reader stopped.</summary>
    /// <param name="map">The map, which stays the caller's to dispose of, after the reader.</param>
    /// <exception cref="HeadraceException">It is no ring buffer.</exception>
    /// <exception cref="KernelException">The kernel refused to share its memory.</exception>
    public RingBufferReader(KernelMap map)
    {
        if (map.Type != MapType.RingBuffer)
            throw new HeadraceException($"map '{map.Name}' is of type {map.Type}, not a ring buffer");
        _map = map;
        _ring = new MappedRing(map, writesRecords: false, $"ring buffer '{map.Name}'");
        _consumed = _ring.Consumed;
        _produced = _ring.Produced;
        _data = _ring.Data;
        _mask = _ring.Mask;
        _memory = new MappedMemoryManager(_data, checked((int)(2 * (_mask + 1))));
        _position = Volatile.Read(ref *_consumed);
    }

    /// <summary>Records read so far.</summary>
    public long Records { get; private set; }

    /// <summary>Bytes of the records read so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Records that programs reserved and then discarded, passed over so far.</summary>
    public long DiscardedRecords { get; private set; }

    /// <summary>Bytes that wait in the ring, headers and what is not yet submitted included.</summary>
    public long Pending
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return (long)(Volatile.Read(ref *_produced) - _position);
        }
    }

    /// <summary>Takes what is there and returns.</summary>
    /// <param name="consumer">Takes each record. If it throws, the record counts as taken.</param>
    /// <param name="limit">Most records to take.</param>
    /// <returns>How many it took.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // one long loop: it would run unoptimised until it is called again
    public int Read<T>(ref T consumer, int limit = int.MaxValue) where T : struct, IRecordConsumer
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ulong position = Volatile.Read(ref *_consumed), handedBack = position, share = (_mask + 1) / SharesOfRing;
        long bytes = 0;
        int count = 0;
        try
        {
            ulong produced = Volatile.Read(ref *_produced);
            while (count < limit)
            {
                if (position == produced && position == (produced = Volatile.Read(ref *_produced)))
                    break;
                byte* record = _data + (position & _mask);
                uint header = Volatile.Read(ref *(uint*)record);
                if ((header & MappedRing.Busy) != 0)
                    break;
                uint length = header & MappedRing.LengthMask;
                position += MappedRing.SpaceOf(length);
                if ((header & MappedRing.Discarded) != 0)
                {
                    DiscardedRecords++;
                }
                else
                {
                    count++;
                    bytes += length;
                    consumer.Consume(new ReadOnlySpan<byte>(record + MappedRing.HeaderSize, (int)length));
                }
                if (position - handedBack >= share)
                    Volatile.Write(ref *_consumed, handedBack = position);
            }
        }
        finally
        {
            _position = position;
            Volatile.Write(ref *_consumed, position);
            Records += count;
            Bytes += bytes;
        }
        return count;
    }

    /// <summary>Takes what is there and returns.</summary>
    /// <param name="handler">Takes each record. If it throws, the record counts as taken.</param>
    /// <param name="limit">Most records to take.</param>
    /// <returns>How many it took.</returns>
    public int Read(RecordHandler handler, int limit = int.MaxValue)
    {
        var consumer = new DelegateConsumer(handler);
        return Read(ref consumer, limit);
    }

    /// <summary>Waits until there is something to read; at most this long (-1: for ever). It may return early.</summary>
    /// <returns>True when there is something.</returns>
    public bool Wait(int milliseconds)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return RingWaiter.Wait([_map.Descriptor], milliseconds);
    }

    /// <summary>Every record from now on, until cancelled or disposed of; ends then without an error.</summary>
    /// <returns>Records whose memory is valid until the next one is asked for.</returns>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        _waiter ??= new RingWaiter(_map.Descriptor);
        while (!cancellation.IsCancellationRequested && !_disposed)
        {
            if (TryTake(out ReadOnlyMemory<byte> record, out int advance))
            {
                yield return record;
                HandBack(advance);
            }
            else if (!await _waiter.WaitAsync(cancellation).ConfigureAwait(false))
            {
                yield break;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _waiter?.Dispose();
        _ring.Dispose();
    }

    private bool TryTake(out ReadOnlyMemory<byte> record, out int advance)
    {
        while (_position != Volatile.Read(ref *_produced))
        {
            int offset = (int)(_position & _mask);
            uint header = Volatile.Read(ref *(uint*)(_data + offset));
            if ((header & MappedRing.Busy) != 0)
                break;
            uint length = header & MappedRing.LengthMask;
            advance = (int)MappedRing.SpaceOf(length);
            if ((header & MappedRing.Discarded) == 0)
            {
                Records++;
                Bytes += length;
                record = _memory.Memory.Slice(offset + MappedRing.HeaderSize, (int)length);
                return true;
            }
            DiscardedRecords++;
            HandBack(advance);
        }
        (record, advance) = (default, 0);
        return false;
    }

    private void HandBack(int bytes)
    {
        if (_disposed)
            return;
        _position += (ulong)bytes;
        Volatile.Write(ref *_consumed, _position);
    }
}
