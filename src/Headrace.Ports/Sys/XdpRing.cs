using Headrace.Linux.Sys;

namespace Headrace.Ports.Sys;

/// <summary>One of the four rings between the kernel and an AF_XDP socket, seen from our side.</summary>
/// <remarks>Indices run freely over 32 bits. The side that writes publishes with a release store, the other reads with an acquire load.</remarks>
internal sealed unsafe class XdpRing : IDisposable
{
    private const uint NeedWakeup = 1; // XDP_RING_NEED_WAKEUP

    private readonly Memory _memory;
    private readonly uint* _producer;
    private readonly uint* _consumer;
    private readonly uint* _flags;
    private readonly uint _mask;
    private readonly uint _size;
    private uint _next;
    private uint _seen;

    private XdpRing(Memory memory, in XdpRingOffsets offsets, uint size)
    {
        _memory = memory;
        _producer = (uint*)(memory.Address + offsets.Producer);
        _consumer = (uint*)(memory.Address + offsets.Consumer);
        _flags = (uint*)(memory.Address + offsets.Flags);
        Entries = memory.Address + offsets.Descriptors;
        (_size, _mask) = (size, size - 1);
    }

    /// <summary>The entries: <see cref="XdpDescriptor"/> of the receive and transmit rings, 64-bit addresses of the others.</summary>
    public byte* Entries { get; }

    /// <summary>True when the kernel waits for a call before it goes on with this ring.</summary>
    public bool WantsWakeup => (Volatile.Read(ref *_flags) & NeedWakeup) != 0;

    /// <summary>Entries we published and the kernel has not taken (transmit and fill rings).</summary>
    public uint Pending => _next - Volatile.Read(ref *_consumer);

    /// <summary>Makes and maps a ring of a socket.</summary>
    /// <exception cref="Linux.KernelException">The kernel refused.</exception>
    public static XdpRing Map(Descriptor socket, in XdpRingOffsets offsets, uint size, int entrySize, long page, string what) =>
        new(Memory.Map(socket, (nuint)offsets.Descriptors + size * (nuint)entrySize, page, what), offsets, size);

    /// <summary>What wraps an index to the ring.</summary>
    public uint Mask => _mask;

    /// <summary>Entry number <paramref name="index"/>, wrapped to the ring.</summary>
    public uint Slot(uint index) => index & _mask;

    /// <summary>How many entries we may write from <paramref name="index"/> on.</summary>
    public uint FreeFrom(uint wanted, out uint index)
    {
        index = _next;
        uint free = _size - (_next - _seen);
        if (free < wanted)
        {
            _seen = Volatile.Read(ref *_consumer);
            free = _size - (_next - _seen);
        }
        return free;
    }

    /// <summary>Publishes entries written.</summary>
    public void Produce(uint count)
    {
        _next += count;
        Volatile.Write(ref *_producer, _next);
    }

    /// <summary>How many entries the kernel wrote, to be read from <paramref name="index"/> on.</summary>
    /// <param name="index">The first one.</param>
    /// <param name="wanted">With fewer known, the kernel's count is read again.</param>
    public uint FilledFrom(out uint index, uint wanted = 1)
    {
        index = _next;
        uint filled = _seen - _next;
        if (filled < wanted)
        {
            _seen = Volatile.Read(ref *_producer);
            filled = _seen - _next;
        }
        return filled;
    }

    /// <summary>Gives entries read back to the kernel.</summary>
    public void Consume(uint count)
    {
        _next += count;
        Volatile.Write(ref *_consumer, _next);
    }

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();
}
