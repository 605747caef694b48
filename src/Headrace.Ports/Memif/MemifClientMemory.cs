using Headrace.Ports.Sys;
using Microsoft.Win32.SafeHandles;

namespace Headrace.Ports;

/// <summary>The memory a memif client shares, for as long as its port is open: the rings of all queues, then their buffers.</summary>
internal sealed unsafe class MemifClientMemory : IDisposable
{
    private const uint Page = 4096;

    private readonly uint _ringBytes;
    private readonly uint _ringsBytes;
    private readonly uint _bufferCount;
    private readonly uint _stride;

    /// <summary>Makes the memory.</summary>
    /// <param name="queues">Queues, each with a ring each way.</param>
    /// <param name="log2Ring">Descriptors of a ring, as a binary logarithm.</param>
    /// <param name="bufferRoom">Bytes of a packet that a buffer holds.</param>
    /// <exception cref="Bytecode.HeadraceException">There is not enough memory.</exception>
    public MemifClientMemory(int queues, int log2Ring, uint bufferRoom)
    {
        Log2Ring = log2Ring;
        // Each ring starts on its own pages: neighbours in one page would share lines that a processor fetches in pairs.
        _ringBytes = ((uint)MemifRing.Bytes(log2Ring) + Page - 1) & ~(Page - 1);
        _ringsBytes = _ringBytes * 2 * (uint)queues;
        // Both rings full, and a burst or two in the program's hands.
        _bufferCount = (2u << log2Ring) + 512;
        _stride = PeerBuffers.StrideFor(bufferRoom);
        ulong length = _ringsBytes + (ulong)queues * _bufferCount * _stride;
        if (length > uint.MaxValue)
            throw new Bytecode.HeadraceException($"{queues} queues of {1 << log2Ring} descriptors and {bufferRoom} bytes need {length >> 20} MiB; memif's offsets reach 4096");
        Shared = SharedMemory.Create("headrace-memif", (nuint)length, out SafeFileHandle descriptor);
        Descriptor = descriptor;
    }

    /// <summary>The memory: region 0.</summary>
    public SharedMemory Shared { get; }

    /// <summary>Its descriptor.</summary>
    public SafeFileHandle Descriptor { get; }

    /// <summary>Descriptors of a ring, as a binary logarithm.</summary>
    public int Log2Ring { get; }

    /// <summary>The buffers of a queue.</summary>
    public PeerBuffers MakeBuffers(int queue) =>
        new(_bufferCount, _stride, Shared.Address + _ringsBytes + (nuint)queue * _bufferCount * _stride);

    /// <summary>An empty ring for a new connection.</summary>
    public MemifRing MakeRing(int queue, bool toServer, out uint offset)
    {
        offset = _ringBytes * (2 * (uint)queue + (toServer ? 0u : 1u));
        var ring = new MemifRing(Shared.Address + offset, Log2Ring, EventDescriptor.Create());
        ring.Format();
        return ring;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Descriptor.Dispose();
        Shared.Dispose();
    }
}
