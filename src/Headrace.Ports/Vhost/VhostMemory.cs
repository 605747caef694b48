using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary>A driver's memory as its device has it mapped: regions by the driver's physical and virtual addresses.</summary>
internal sealed unsafe class VhostMemory : IDisposable
{
    /// <summary>Regions a table may have (VHOST_MEMORY_BASELINE_NREGIONS).</summary>
    public const int MaxRegions = 8;

    private const ulong MaxShared = 1UL << 42;

    private readonly Region* _table = (Region*)NativeMemory.AllocZeroed(MaxRegions, (nuint)sizeof(Region));
    private readonly List<SharedMemory> _mappings = [];

    /// <summary>Regions there are.</summary>
    public int Count => _mappings.Count;

    /// <summary>True when the peer took memory away that it shares.</summary>
    public bool IsLost => _mappings.Exists(mapping => mapping.IsLost);

    /// <summary>Maps a region.</summary>
    /// <param name="memory">File with the region in it; whole, from its start to the region's end.</param>
    /// <param name="guest">Its first byte's physical address for the driver.</param>
    /// <param name="user">Its first byte's virtual address for the front end.</param>
    /// <param name="size">Its bytes.</param>
    /// <param name="offset">Where in the file it begins.</param>
    /// <exception cref="ControlException">It overflows, overlaps another, or cannot be mapped.</exception>
    public void Add(Microsoft.Win32.SafeHandles.SafeFileHandle memory, ulong guest, ulong user, ulong size, ulong offset)
    {
        if (size is 0 or > MaxShared || offset > MaxShared || guest > ulong.MaxValue - size || user > ulong.MaxValue - size)
            throw new ControlException($"its memory region of {size} bytes at {guest:x} is out of all bounds");
        for (int i = 0; i < Count; i++)
        {
            if (guest < _table[i].Guest + _table[i].Size && _table[i].Guest < guest + size)
                throw new ControlException($"its memory regions at {_table[i].Guest:x} and {guest:x} overlap");
        }
        var mapping = SharedMemory.Map(memory, (nuint)(offset + size));
        _table[Count] = new Region { Guest = guest, User = user, Size = size, Address = mapping.Address + offset };
        _mappings.Add(mapping);
    }

    /// <summary>Where bytes at a physical address are; null when no region has them all.</summary>
    /// <param name="address">The driver's physical address.</param>
    /// <param name="length">Bytes wanted.</param>
    /// <param name="last">Region that answered last, which is asked first.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Find(ulong address, uint length, ref int last)
    {
        Region* region = _table + last;
        ulong offset = address - region->Guest;
        return offset < region->Size && length <= region->Size - offset ? region->Address + offset : FindElsewhere(address, length, ref last);
    }

    /// <summary>Where bytes at a physical address begin, and how many of them go on there.</summary>
    /// <param name="address">The driver's physical address.</param>
    /// <param name="length">Bytes wanted, then those found.</param>
    public byte* FindPart(ulong address, ref uint length)
    {
        for (int i = 0; i < Count; i++)
        {
            ulong offset = address - _table[i].Guest;
            if (offset >= _table[i].Size)
                continue;
            length = (uint)Math.Min(length, _table[i].Size - offset);
            return _table[i].Address + offset;
        }
        return null;
    }

    /// <summary>Where a ring's part at a virtual address of the front end is; null when no region has it all.</summary>
    public byte* FindUser(ulong address, ulong length)
    {
        for (int i = 0; i < Count; i++)
        {
            ulong offset = address - _table[i].User;
            if (offset < _table[i].Size && length <= _table[i].Size - offset)
                return _table[i].Address + offset;
        }
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SharedMemory mapping in _mappings)
            mapping.Dispose();
        NativeMemory.Free(_table);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* FindElsewhere(ulong address, uint length, ref int last)
    {
        for (int i = 0; i < Count; i++)
        {
            ulong offset = address - _table[i].Guest;
            if (offset >= _table[i].Size || length > _table[i].Size - offset)
                continue;
            last = i;
            return _table[i].Address + offset;
        }
        return null;
    }

    private struct Region
    {
        public ulong Guest;
        public ulong Size;
        public ulong User;
        public byte* Address;
    }
}
