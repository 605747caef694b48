using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>Maps by index (<c>BPF_MAP_TYPE_ARRAY_OF_MAPS</c>). Programs look up handles; user code writes and reads ids.</summary>
/// <remarks>An inner map must outlive the programs that may find it: a disposed map's handle finds nothing any more.</remarks>
internal sealed unsafe class ArrayOfMaps : Map
{
    private readonly NativeBlock _memory;

    public ArrayOfMaps(MapSpec spec, int cpus) : base(spec, cpus)
    {
        _memory = new NativeBlock(MaxEntries, sizeof(ulong));
        BaseAddress = (ulong*)_memory.Address;
    }

    /// <summary>The handles, <see cref="Map.MaxEntries"/> of them, 0 where there is no map.</summary>
    public ulong* BaseAddress { get; }

    internal override byte* Lookup(byte* key, int cpu)
    {
        uint index = *(uint*)key;
        return index < MaxEntries ? (byte*)Volatile.Read(ref BaseAddress[index]) : null;
    }

    internal override int Update(byte* key, byte* value, ulong flags, int cpu)
    {
        if (flags != 0)
            return -Errno.EINVAL;
        if (*(uint*)key >= MaxEntries)
            return -Errno.E2BIG;
        return MapHandles.FindById(*(uint*)value) is { } inner ? SetInnerMap(key, inner, flags) : -Errno.EBADF;
    }

    internal override int SetInnerMap(byte* key, Map inner, ulong flags)
    {
        uint index = *(uint*)key;
        if (flags != 0)
            return -Errno.EINVAL;
        if (index >= MaxEntries)
            return -Errno.E2BIG;
        if (!InnerMapRules.Accepts(this, inner))
            return -Errno.EINVAL;
        Volatile.Write(ref BaseAddress[index], inner.Handle);
        return 0;
    }

    internal override int Delete(byte* key)
    {
        uint index = *(uint*)key;
        if (index >= MaxEntries)
            return -Errno.E2BIG;
        return Interlocked.Exchange(ref BaseAddress[index], 0) == 0 ? -Errno.ENOENT : 0;
    }

    internal override int NextKey(byte* key, byte* next) => ArrayKeys.Next(key, next, MaxEntries);

    internal override bool Contains(ulong address, ulong size) => false;

    private protected override bool HasBatchLookup => true;

    private protected override bool HasBatchUpdate => true;

    private protected override int CopyOut(byte* key, byte* value, ulong flags)
    {
        byte* handle = Lookup(key, 0);
        if (handle == null)
            return -Errno.ENOENT;
        *(uint*)value = (uint)(ulong)handle;
        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _memory.Dispose();
    }
}
