using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>What maps of targets by index (interfaces, CPUs, sockets) share: 8 bytes a slot, in native memory, empty at first.</summary>
/// <remarks>The low half is the target as values show it, the high half what else belongs to it; a slot of 0 is empty.</remarks>
internal abstract unsafe class SlotMap : Map
{
    private readonly NativeBlock _memory;

    private protected SlotMap(MapSpec spec, int cpus) : base(spec, cpus)
    {
        _memory = new NativeBlock(MaxEntries, sizeof(ulong));
        BaseAddress = (ulong*)_memory.Address;
    }

    /// <summary>The slots, <see cref="Map.MaxEntries"/> of them.</summary>
    public ulong* BaseAddress { get; }

    internal override bool ProgramMayWrite => false;

    internal override byte* Lookup(byte* key, int cpu)
    {
        uint index = *(uint*)key;
        return index < MaxEntries && Volatile.Read(ref BaseAddress[index]) != 0 ? (byte*)(BaseAddress + index) : null;
    }

    internal override int Delete(byte* key)
    {
        if (*(uint*)key >= MaxEntries)
            return -Errno.EINVAL;
        Set(*(uint*)key, 0);
        return 0;
    }

    internal override int NextKey(byte* key, byte* next) => ArrayKeys.Next(key, next, MaxEntries);

    internal override bool Contains(ulong address, ulong size)
    {
        ulong offset = address - (ulong)BaseAddress;
        return offset < _memory.Length && offset % sizeof(ulong) <= (ulong)ValueSize && size <= (ulong)ValueSize - offset % sizeof(ulong);
    }

    /// <summary>What a slot holds, 0 when it is empty or out of range.</summary>
    public ulong Get(uint index) => index < MaxEntries ? Volatile.Read(ref BaseAddress[index]) : 0;

    private protected void Set(uint index, ulong slot) => Volatile.Write(ref BaseAddress[index], slot);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _memory.Dispose();
    }
}
