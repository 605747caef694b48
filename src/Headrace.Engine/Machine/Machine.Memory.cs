using System.Runtime.CompilerServices;
using Headrace.Bytecode;

namespace Headrace.Engine;

public sealed unsafe partial class Machine
{
    private const int RecentCount = 4;

    private readonly List<MemoryRegion> _regions = [];
    private RecentRegions _recent;
    private int _nextRecent;

    /// <summary>Checks that the program may read <paramref name="size"/> bytes at <paramref name="address"/>.</summary>
    /// <returns>The address as a pointer.</returns>
    /// <exception cref="ProgramFaultException">It may not: the message says what is near.</exception>
    internal byte* Readable(ulong address, ulong size) =>
        MayAccess(address, size, write: false) ? (byte*)address : throw Fault(Describe("reads", address, size, write: false));

    /// <summary>Checks that the program may write <paramref name="size"/> bytes at <paramref name="address"/>.</summary>
    /// <returns>The address as a pointer.</returns>
    /// <exception cref="ProgramFaultException">It may not: the message says what is near.</exception>
    internal byte* Writable(ulong address, ulong size) =>
        MayAccess(address, size, write: true) ? (byte*)address : throw Fault(Describe("writes", address, size, write: true));

    /// <summary>Lets the program touch memory that a helper made for it (a ring-buffer reservation), until it is removed or the run ends.</summary>
    internal void AddRegion(byte* start, ulong length, bool writable, string name) =>
        _regions.Add(new MemoryRegion((ulong)start, length, writable, name));

    /// <summary>Takes memory away that <see cref="AddRegion"/> gave; false when none starts there.</summary>
    internal bool RemoveRegion(byte* start)
    {
        int index = _regions.FindIndex(region => region.Start == (ulong)start);
        if (index < 0)
            return false;
        _regions.RemoveAt(index);
        _recent = default;
        return true;
    }

    /// <summary>Remembers a value that a look-up found, so that accesses to it are checked fast. Not for the handles that maps of maps answer.</summary>
    internal void RememberValue(Map map, byte* value)
    {
        if (MayRead(map))
            Remember(new MemoryRegion((ulong)value, (ulong)map.ValueSize, MayWrite(map), map.Name));
    }

    /// <summary>Takes away every region that helpers added and what is remembered of values.</summary>
    private void ForgetRegions()
    {
        _regions.Clear();
        _recent = default;
    }

    /// <summary>True when the program may read or write the bytes. Context accesses are translated before, not looked up here.</summary>
    internal bool MayAccess(ulong address, ulong size, bool write)
    {
        if (size == 0)
            return true;
        ulong end = address + size;
        if (end < address)
            return false;
        Frame* frame = State->Frame;
        if (frame != null && address >= (ulong)frame->Meta && end <= (ulong)frame->End)
            return true;
        if (address >= LowestStack && end <= (ulong)State->StackTop)
            return true;
        if (address >= (ulong)State->Memory && end <= (ulong)State->MemoryEnd)
            return true;
        for (int i = 0; i < RecentCount; i++)
        {
            if (_recent[i].Holds(address, end) && (!write || _recent[i].Writable))
                return true;
        }
        return FindRegion(address, end, write);
    }

    /// <summary>Lowest stack byte of the open frames.</summary>
    private ulong LowestStack => (ulong)(State->StackTop - (State->CallDepth + 1) * MaxStack);

    private bool FindRegion(ulong address, ulong end, bool write)
    {
        foreach (MemoryRegion region in _regions)
        {
            if (!region.Holds(address, end))
                continue;
            Remember(region);
            return !write || region.Writable;
        }
        if (Program is null)
            return false;
        foreach (MemoryRegion region in Program.ValueRegions)
        {
            if (!region.Holds(address, end))
                continue;
            Remember(region);
            return !write || region.Writable;
        }
        foreach (Map map in Program.ReferencedMaps)
        {
            if (FindValue(map, address, end - address) is { } owner)
            {
                if (!(write ? MayWrite(owner) : MayRead(owner)))
                    return false;
                Remember(new MemoryRegion(address, end - address, MayWrite(owner), owner.Name));
                return true;
            }
        }
        return false;
    }

    private void Remember(MemoryRegion region)
    {
        _recent[_nextRecent] = region;
        _nextRecent = (_nextRecent + 1) % RecentCount;
    }

    /// <summary>The map, or the map inside it, that has a value around the bytes.</summary>
    private static Map? FindValue(Map map, ulong address, ulong size)
    {
        if (map.Type is not (MapType.ArrayOfMaps or MapType.HashOfMaps))
            return map.Contains(address, size) ? map : null;
        byte* key = stackalloc byte[map.KeySize];
        byte* next = stackalloc byte[map.KeySize];
        for (int result = map.NextKey(null, next); result == 0; result = map.NextKey(key, next))
        {
            Unsafe.CopyBlock(key, next, (uint)map.KeySize);
            byte* handle = map.Lookup(key, 0);
            if (handle != null && MapHandles.Find((ulong)handle) is { } inner && inner.Contains(address, size))
                return inner;
        }
        return null;
    }

    internal static bool MayRead(Map map) => (map.Flags & MapFlags.WriteOnlyProgram) == 0;

    // The kernel makes device maps read-only for programs when they are created (kernel/bpf/devmap.c).
    internal static bool MayWrite(Map map) =>
        (map.Flags & MapFlags.ReadOnlyProgram) == 0 && map.Type is not (MapType.DevMap or MapType.DevMapHash or MapType.CpuMap);

    [InlineArray(RecentCount)]
    private struct RecentRegions
    {
        private MemoryRegion _first;
    }
}
