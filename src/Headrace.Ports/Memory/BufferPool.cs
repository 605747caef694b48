using System.Runtime.InteropServices;
using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>Packet buffers in native memory for one thread, with the kernel's headroom.</summary>
internal sealed unsafe class BufferPool : IDisposable
{
    private const int TailRoom = 128;

    private byte* _memory;
    private readonly nuint _stride;
    private readonly int _bufferSize;
    private uint* _free;
    private int _freeCount;

    /// <summary>Makes the buffers.</summary>
    /// <param name="count">How many.</param>
    /// <param name="maxFrame">Longest packet in bytes.</param>
    public BufferPool(int count, int maxFrame)
    {
        MaxFrame = maxFrame;
        _bufferSize = PacketBurst.Headroom + maxFrame + TailRoom;
        _stride = (nuint)(((_bufferSize + 63) / 64) | 1) * 64; // an odd number of cache lines spreads them over the cache's sets
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)count * _stride, 64);
        NativeMemory.Clear(_memory, (nuint)count * _stride);
        _free = (uint*)NativeMemory.Alloc((nuint)count, sizeof(uint));
        for (int i = 0; i < count; i++)
            _free[i] = (uint)(count - 1 - i);
        _freeCount = count;
    }

    /// <summary>Longest packet in bytes.</summary>
    public int MaxFrame { get; }

    /// <summary>Buffers that are not lent.</summary>
    public int Free => _freeCount;

    /// <summary>Lends a buffer: an empty packet behind the headroom. The caller has looked at <see cref="Free"/>.</summary>
    public Frame Rent()
    {
        uint index = _free[--_freeCount];
        byte* buffer = _memory + index * _stride;
        return new Frame
        {
            HardStart = buffer,
            Meta = buffer + PacketBurst.Headroom,
            Data = buffer + PacketBurst.Headroom,
            End = buffer + PacketBurst.Headroom,
            HardEnd = buffer + _bufferSize,
            Buffer = index,
        };
    }

    /// <summary>Takes buffers back.</summary>
    public void Return(Frame* frames, int count)
    {
        for (int i = 0; i < count; i++)
            _free[_freeCount++] = (uint)frames[i].Buffer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        NativeMemory.Free(_free);
        _memory = null;
        _free = null;
        _freeCount = 0;
    }
}
