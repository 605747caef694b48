using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary>What a client and a server share: regions of memory and the rings in them. Lives until its last user lets go.</summary>
internal sealed unsafe class MemifConnection(PeerSession session)
{
    /// <summary>Regions a client may announce.</summary>
    public const int MaxRegions = 256;

    private readonly Region* _table = (Region*)NativeMemory.AllocZeroed(MaxRegions, (nuint)sizeof(Region));
    private readonly List<SharedMemory> _owned = [];
    private uint _regions;
    private int _references = 1;

    /// <summary>Where faults of the peer are reported.</summary>
    public PeerSession Session { get; } = session;

    /// <summary>Rings from client to server, by index.</summary>
    public List<MemifRing> ToServer { get; } = [];

    /// <summary>Rings from server to client, by index.</summary>
    public List<MemifRing> ToClient { get; } = [];

    /// <summary>Regions so far.</summary>
    public uint Regions => _regions;

    /// <summary>True when the peer took memory away that it shares.</summary>
    public bool IsLost => _owned.Exists(memory => memory.IsLost);

    /// <summary>Adds a region that goes with this connection.</summary>
    public void AddRegion(SharedMemory memory)
    {
        _owned.Add(memory);
        _table[_regions++] = new Region { Address = memory.Address, Length = memory.Length };
    }

    /// <summary>Where bytes of a region are; null when there are none such.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Find(uint region, uint offset, uint length)
    {
        // Entries beyond the last region have length 0, so that one comparison serves both.
        Region* entry = _table + (byte)region;
        return (ulong)offset + length <= entry->Length && region < MaxRegions ? entry->Address + offset : null;
    }

    /// <summary>Takes part in keeping the memory mapped.</summary>
    public void AddReference() => Interlocked.Increment(ref _references);

    /// <summary>Lets go; the last one unmaps the memory.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) > 0)
            return;
        foreach (MemifRing ring in ToServer.Concat(ToClient))
            ring.Dispose();
        foreach (SharedMemory memory in _owned)
            memory.Dispose();
        NativeMemory.Free(_table);
    }

    private struct Region
    {
        public byte* Address;
        public ulong Length;
    }
}
