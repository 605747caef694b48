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

    // Frames know a joined buffer by this bit: packet memory never gets so large.
    private const ulong JoinedBit = 1UL << 63;

    private readonly ulong* _free;
    private readonly int _chunks;
    private int _freeCount;
    private int _reserved;
    private int _users;

    /// <summary>Makes it.</summary>
    /// <param name="chunks">How many chunks.</param>
    /// <param name="joined">How many packets longer than a chunk may be in use; 0 for none.</param>
    /// <param name="maxFrame">Longest of these in bytes.</param>
    /// <param name="subject">Its name in errors.</param>
    public Umem(int chunks, int joined, int maxFrame, string subject)
    {
        if (joined > 0)
            Joined = new PeerBuffers((uint)joined, PeerBuffers.StrideFor((uint)maxFrame));
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

    /// <summary>Buffers beside the chunks, for packets that came in several of them; null where none do.</summary>
    public PeerBuffers? Joined { get; }

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

    /// <summary>How a frame names a buffer of <see cref="Joined"/>.</summary>
    public static ulong JoinedBuffer(uint index) => JoinedBit | index;

    /// <summary>True for such a name; false for the address of a chunk.</summary>
    public static bool IsJoined(ulong buffer) => (buffer & JoinedBit) != 0;

    /// <summary>Gives back the chunk around an address, or a joined buffer.</summary>
    public void Return(ulong buffer)
    {
        if (IsJoined(buffer))
            Joined?.Return((uint)buffer);
        else
            _free[_freeCount++] = buffer & ~(ulong)(ChunkSize - 1);
    }

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

    /// <summary>Gives back the buffers of frames.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Return(Frame* frames, int count)
    {
        if (Joined is not null)
        {
            for (int i = 0; i < count; i++)
                Return(frames[i].Buffer);
            return;
        }
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
        Joined?.Dispose();
        NativeMemory.Free(_free);
    }
}
