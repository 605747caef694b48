using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Ports.Sys;
using Microsoft.Win32.SafeHandles;

namespace Headrace.Ports;

/// <summary>The memory a virtio-user port shares with its device, for as long as it is open: rings of all queues, then their buffers.</summary>
internal sealed unsafe class VirtioUserMemory : IDisposable
{
    /// <summary>The device's name for the first byte, physical and virtual: none of our own addresses is told.</summary>
    public const ulong GuestBase = 1UL << 32;

    private const uint Page = 4096;

    private readonly uint _ringBytes;
    private readonly nuint _ringsBytes;
    private readonly uint _bufferCount;
    private readonly uint _stride;

    /// <summary>Makes the memory.</summary>
    /// <exception cref="HeadraceException">There is not enough.</exception>
    public VirtioUserMemory(int queues, uint ringSize, uint bufferRoom)
    {
        RingSize = ringSize;
        _ringBytes = (Math.Max(SplitDriverRing.Bytes(ringSize), PackedDriverRing.Bytes(ringSize)) + Page - 1) & ~(Page - 1);
        _ringsBytes = (nuint)queues * 2 * _ringBytes;
        // Both rings full, and a burst or two in the program's hands.
        _bufferCount = 2 * ringSize + 512;
        _stride = PeerBuffers.StrideFor(bufferRoom);
        nuint length = _ringsBytes + (nuint)queues * _bufferCount * _stride;
        // Whole huge pages, since some devices align what they map.
        const nuint HugePage = 2 << 20;
        Shared = SharedMemory.Create("headrace-virtio", (length + HugePage - 1) & ~(HugePage - 1), out SafeFileHandle descriptor);
        Descriptor = descriptor;
    }

    /// <summary>The memory.</summary>
    public SharedMemory Shared { get; }

    /// <summary>Its descriptor.</summary>
    public SafeFileHandle Descriptor { get; }

    /// <summary>Descriptors of a ring.</summary>
    public uint RingSize { get; }

    /// <summary>The buffers of a queue.</summary>
    public PeerBuffers MakeBuffers(int queue) =>
        new(_bufferCount, _stride, Shared.Address + _ringsBytes + (nuint)queue * _bufferCount * _stride);

    /// <summary>Where a ring is, by the protocol's number.</summary>
    public byte* Ring(int index) => Shared.Address + (nuint)index * _ringBytes;

    /// <summary>Clears a ring for a new connection.</summary>
    public byte* Clear(int index)
    {
        NativeMemory.Clear(Ring(index), _ringBytes);
        return Ring(index);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Descriptor.Dispose();
        Shared.Dispose();
    }
}
