using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Headrace.Ports;

/// <summary>Packet buffers of one size in one piece of memory, handed out last in, first out, so that few of them stay in the cache. For one thread.</summary>
internal sealed unsafe class PeerBuffers : IDisposable
{
    /// <summary>Bytes before a packet (<c>XDP_PACKET_HEADROOM</c>).</summary>
    public const uint Headroom = 256;

    private readonly bool _ownsMemory;
    private readonly uint* _free;
    private readonly byte* _isFree;
    private uint _freeCount;

    private const uint TailRoom = 128;

    /// <summary>Makes a pool in private memory.</summary>
    public PeerBuffers(uint count, uint stride)
        : this(count, stride, (byte*)NativeMemory.AlignedAlloc((nuint)count * stride, 4096)) => _ownsMemory = true;

    /// <summary>Makes a pool in memory that belongs to somebody else and outlives it.</summary>
    public PeerBuffers(uint count, uint stride, byte* memory)
    {
        Memory = memory;
        Count = count;
        Stride = stride;
        _free = (uint*)NativeMemory.Alloc(count, sizeof(uint));
        _isFree = (byte*)NativeMemory.Alloc(count, 1);
        Reset();
    }

    /// <summary>Start of the first buffer.</summary>
    public byte* Memory { get; }

    /// <summary>How many buffers there are.</summary>
    public uint Count { get; }

    /// <summary>Bytes of a buffer, headroom included.</summary>
    public uint Stride { get; }

    /// <summary>Bytes a packet may have behind the headroom.</summary>
    public uint Room => Stride - Headroom;

    /// <summary>How many are free.</summary>
    public uint Free => _freeCount;

    /// <summary>Bytes a buffer takes for frames of a length: an odd number of cache lines, which spreads buffers over the cache's sets.</summary>
    public static uint StrideFor(uint maxFrame) => (((Headroom + maxFrame + TailRoom + 63) / 64) | 1) * 64;

    /// <summary>Start of a buffer.</summary>
    public byte* this[uint index] => Memory + (nuint)index * Stride;

    /// <summary>Takes a buffer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(out uint index)
    {
        if (_freeCount == 0)
        {
            index = 0;
            return false;
        }
        index = _free[--_freeCount];
        _isFree[index] = 0;
        return true;
    }

    /// <summary>Gives a buffer back. One that is free already, or none of this pool, is left alone: a caller's mistake must not become two owners.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Return(uint index)
    {
        if (index >= Count || _isFree[index] != 0)
            return;
        _isFree[index] = 1;
        _free[_freeCount++] = index;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_free);
        NativeMemory.Free(_isFree);
        if (_ownsMemory)
            NativeMemory.AlignedFree(Memory);
    }

    private void Reset()
    {
        for (uint i = 0; i < Count; i++)
        {
            _free[i] = Count - 1 - i;
            _isFree[i] = 1;
        }
        _freeCount = Count;
    }
}
