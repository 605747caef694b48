using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>Puts records into a user ring buffer, which programs drain with <c>bpf_user_ringbuf_drain</c>.</summary>
/// <remarks>One writer a map, one thread a writer. Writing allocates nothing. Layout: that of a ring buffer, roles exchanged (Linux 6.1).</remarks>
public sealed unsafe class UserRingBufferWriter : IDisposable
{
    private readonly KernelMap _map;
    private readonly MappedRing _ring;
    private uint* _reserved;
    private bool _disposed;

    /// <summary>Starts writing to a map of type <see cref="MapType.UserRingBuffer"/> where the last writer stopped.</summary>
    /// <param name="map">The map, which stays the caller's to dispose of, after the writer.</param>
    /// <exception cref="HeadraceException">It is no user ring buffer.</exception>
    /// <exception cref="KernelException">The kernel refused to share its memory.</exception>
    public UserRingBufferWriter(KernelMap map)
    {
        if (map.Type != MapType.UserRingBuffer)
            throw new HeadraceException($"map '{map.Name}' is of type {map.Type}, not a user ring buffer");
        _map = map;
        _ring = new MappedRing(map, writesRecords: true, $"user ring buffer '{map.Name}'");
    }

    /// <summary>Makes room for a record, which <see cref="Submit"/> or <see cref="Discard"/> ends.</summary>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="record">Where to write it; what is there before is of an earlier one.</param>
    /// <returns>False when the ring is too full.</returns>
    /// <exception cref="InvalidOperationException">A record is open already.</exception>
    public bool TryReserve(int length, out Span<byte> record)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (_reserved is not null)
            throw new InvalidOperationException("a record is open: submit or discard it first");
        record = default;
        ulong total = MappedRing.SpaceOf((uint)length);
        ulong produced = *_ring.Produced;
        if (total > _ring.Mask + 1 - (produced - Volatile.Read(ref *_ring.Consumed)))
            return false;
        _reserved = (uint*)(_ring.Data + (produced & _ring.Mask));
        _reserved[1] = 0;
        // Marked before it becomes visible: the kernel waits for what is busy.
        *_reserved = (uint)length | MappedRing.Busy;
        Volatile.Write(ref *_ring.Produced, produced + total);
        record = new Span<byte>((byte*)_reserved + MappedRing.HeaderSize, length);
        return true;
    }

    /// <summary>Hands the open record to the programs.</summary>
    public void Submit() => End(0);

    /// <summary>Takes the open record back.</summary>
    public void Discard() => End(MappedRing.Discarded);

    /// <summary>Writes a record.</summary>
    /// <returns>False when the ring is too full.</returns>
    public bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        if (!TryReserve(bytes.Length, out Span<byte> record))
            return false;
        bytes.CopyTo(record);
        Submit();
        return true;
    }

    /// <summary>Writes a number or struct.</summary>
    /// <returns>False when the ring is too full.</returns>
    public bool TryWrite<T>(in T value) where T : unmanaged => TryWrite(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>Waits until programs have made room; at most this long (-1: for ever). It may return early.</summary>
    public void WaitForRoom(int milliseconds)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var entry = new PollEntry { Descriptor = _map.Descriptor.Value, Events = PollEntry.Writable };
        _ = Libc.Poll(&entry, 1, milliseconds);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        if (_reserved is not null)
            Discard();
        _disposed = true;
        _ring.Dispose();
    }

    private void End(uint flags)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_reserved is null)
            throw new InvalidOperationException("no record is open: reserve one first");
        Volatile.Write(ref *_reserved, (*_reserved & ~MappedRing.Busy) | flags);
        _reserved = null;
    }
}
