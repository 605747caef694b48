using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Headrace.Engine;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary>Packet memory of AF_XDP sockets that one worker uses: chunks of a page, and which of them are free.</summary>
internal sealed unsafe class Umem : IDisposable
{
    /// <summary>Bytes of a buffer: what most drivers want and copy mode takes.</summary>
    public const uint ChunkSize = 4096;

    private readonly ulong* _free;
    private readonly int _chunks;
    private int _freeCount;
    private int _reserved;
    private int _users;

    public Umem(int chunks, string subject)
    {
        _chunks = chunks;
        Memory = Memory.Allocate((nuint)chunks * ChunkSize, subject);
        _free = (ulong*)NativeMemory.Alloc((nuint)chunks, sizeof(ulong));
        // Low addresses on top: few packets use few pages.
        for (int i = 0; i < chunks; i++)
            _free[i] = (ulong)(chunks - 1 - i) * ChunkSize;
        _freeCount = chunks;
    }

    /// <summary>The memory.</summary>
    public Memory Memory { get; }

    /// <summary>The socket it is registered with; others share it with that one.</summary>
    public XdpSocket? Owner { get; set; }

    /// <summary>Chunks that are nowhere on their way.</summary>
    public int Free => _freeCount;

    /// <summary>Sets chunks aside for a queue's rings.</summary>
    /// <returns>False when so many are not left.</returns>
    public bool TryReserve(int chunks)
    {
        if (_chunks - _reserved < chunks)
            return false;
        _reserved += chunks;
        _users++;
        return true;
    }

    /// <summary>Takes a chunk. The caller has looked at <see cref="Free"/>.</summary>
    public ulong Take() => _free[--_freeCount];

    /// <summary>Gives back the chunk around an address.</summary>
    public void Return(ulong address) => _free[_freeCount++] = address & ~(ulong)(ChunkSize - 1);

    /// <summary>Puts chunks on a ring. The caller has looked at <see cref="Free"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Take(ulong* entries, uint mask, uint index, uint count)
    {
        ulong* next = _free + _freeCount;
        for (uint end = index + count; index != end; index++)
            entries[index & mask] = *--next;
        _freeCount -= (int)count;
    }

    /// <summary>Gives back chunks that a ring holds.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Return(ulong* entries, uint mask, uint index, uint count)
    {
        ulong* next = _free + _freeCount;
        for (uint end = index + count; index != end; index++)
            *next++ = entries[index & mask] & ~(ulong)(ChunkSize - 1);
        _freeCount += (int)count;
    }

    /// <summary>Gives back the chunks of frames.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Return(Frame* frames, int count)
    {
        ulong* next = _free + _freeCount;
        for (Frame* end = frames + count; frames < end; frames++)
            *next++ = frames->Buffer & ~(ulong)(ChunkSize - 1);
        _freeCount += count;
    }

    /// <summary>Called by each queue that leaves; the last one releases the memory.</summary>
    public void Dispose()
    {
        if (--_users > 0)
            return;
        Owner?.Dispose();
        Memory.Dispose();
        NativeMemory.Free(_free);
    }
}
