using System.Numerics;
using System.Runtime.InteropServices;
using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>A ring of packets between two threads, one writing and one reading: packets are copied in and lent out in place.</summary>
internal sealed unsafe class FrameRing : IDisposable
{
    private const int CacheLine = 64;

    private readonly uint _mask;
    private readonly nuint _stride;
    private readonly byte* _slots;
    private readonly uint* _written; // by the writer
    private readonly uint* _released; // by the reader, a line further
    private readonly int _bufferSize;
    private uint _nextWrite;
    private uint _releasedSeen;
    private uint _nextRead;
    private uint _lent;

    /// <summary>Makes an empty ring.</summary>
    /// <param name="capacity">Packets it holds; a power of two.</param>
    /// <param name="maxFrame">Longest packet in bytes.</param>
    public FrameRing(int capacity, int maxFrame)
    {
        Capacity = (int)BitOperations.RoundUpToPowerOf2((uint)capacity);
        MaxFrame = maxFrame;
        _mask = (uint)Capacity - 1;
        _bufferSize = PacketBurst.Headroom + maxFrame + TailRoom;
        // An odd number of lines, so that the slots do not all fall into the same cache sets.
        _stride = (nuint)(((HeaderSize + _bufferSize + CacheLine - 1) / CacheLine) | 1) * CacheLine;
        nuint size = 2 * CacheLine + (nuint)Capacity * _stride;
        byte* memory = (byte*)NativeMemory.AlignedAlloc(size, CacheLine);
        NativeMemory.Clear(memory, size);
        _written = (uint*)memory;
        _released = (uint*)(memory + CacheLine);
        _slots = memory + 2 * CacheLine;
    }

    // Room for a program to lengthen a packet, as adjust_tail may.
    private const int TailRoom = 128;

    private static int HeaderSize => (sizeof(Frame) + CacheLine - 1) / CacheLine * CacheLine;

    /// <summary>Packets it holds.</summary>
    public int Capacity { get; }

    /// <summary>Longest packet in bytes.</summary>
    public int MaxFrame { get; }

    /// <summary>Packets written and not yet released.</summary>
    public int Count => (int)(Volatile.Read(ref *_written) - Volatile.Read(ref *_released));

    /// <summary>Copies a packet in, with its metadata and the fields of its description; <see cref="Publish"/> shows it to the reader.</summary>
    /// <param name="frame">The packet; its writer has looked at <see cref="MaxFrame"/>.</param>
    /// <param name="tag">What the reader finds in <see cref="Frame.Buffer"/>.</param>
    /// <returns>False when the ring is full.</returns>
    public bool TryWrite(Frame* frame, ulong tag = 0)
    {
        if (_nextWrite - _releasedSeen > _mask)
        {
            _releasedSeen = Volatile.Read(ref *_released);
            if (_nextWrite - _releasedSeen > _mask)
                return false;
        }
        byte* slot = _slots + (_nextWrite++ & _mask) * _stride;
        byte* buffer = slot + HeaderSize;
        int length = frame->Length, metadata = (int)(frame->Data - frame->Meta);
        var copy = (Frame*)slot;
        *copy = *frame;
        copy->HardStart = buffer;
        copy->Data = buffer + PacketBurst.Headroom;
        copy->Meta = copy->Data - metadata;
        copy->End = copy->Data + length;
        copy->HardEnd = buffer + _bufferSize;
        copy->Buffer = tag;
        Buffer.MemoryCopy(frame->Meta, copy->Meta, metadata + MaxFrame, metadata + length);
        return true;
    }

    /// <summary>Shows what was written to the reader.</summary>
    public void Publish() => Volatile.Write(ref *_written, _nextWrite);

    /// <summary>Lends packets to the reader, in order.</summary>
    public int Read(Frame* frames, int capacity)
    {
        int count = Math.Min(capacity, (int)(Volatile.Read(ref *_written) - _nextRead));
        for (int i = 0; i < count; i++)
            frames[i] = *(Frame*)(_slots + (_nextRead++ & _mask) * _stride);
        _lent += (uint)count;
        return count;
    }

    /// <summary>Takes lent packets back, in any order: room is made when all that were lent are back.</summary>
    public void Release(int count)
    {
        _lent -= (uint)count;
        if (_lent == 0)
            Volatile.Write(ref *_released, _nextRead);
    }

    /// <summary>Releases the memory; neither side may use the ring any more.</summary>
    public void Dispose() => NativeMemory.AlignedFree(_written);
}
