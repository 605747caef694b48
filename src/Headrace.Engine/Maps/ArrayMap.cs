using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>An array of values by 32-bit index (<c>BPF_MAP_TYPE_ARRAY</c>); also what a data section becomes.</summary>
/// <remarks>Elements always exist, zero at first. An update writes in place, as the kernel's does.</remarks>
internal sealed unsafe class ArrayMap : Map
{
    private readonly NativeBlock _memory;

    public ArrayMap(MapSpec spec, int cpus) : base(spec, cpus)
    {
        Stride = (uint)NativeBytes.RoundUp8(ValueSize);
        _memory = new NativeBlock(MaxEntries, Stride);
        BaseAddress = _memory.Address;
        spec.Data?.AsSpan().CopyTo(new Span<byte>(BaseAddress, ValueSize));
    }

    /// <summary>Address of element 0; element i is at BaseAddress + i * Stride.</summary>
    public byte* BaseAddress { get; }

    /// <summary>Bytes from one element to the next: the value size rounded up to 8.</summary>
    public uint Stride { get; }

    internal override byte* Lookup(byte* key, int cpu)
    {
        uint index = *(uint*)key;
        return index < MaxEntries ? BaseAddress + (ulong)index * Stride : null;
    }

    internal override bool CanStage => true;

    internal override ulong UsedBytes => _memory.Length;

    internal override bool Stage(byte* key, StagedLookup* lookup, int cpu)
    {
        Cache.Fetch(Lookup(key, cpu));
        lookup->Step = &StageEnds;
        return true;
    }

    private static bool StageEnds(StagedLookup* lookup) => false;

    internal override int Update(byte* key, byte* value, ulong flags, int cpu)
    {
        int refused = ArrayKeys.CheckUpdate(*(uint*)key, MaxEntries, flags & ~(ulong)MapUpdateFlags.Lock);
        if (refused != 0)
            return refused;
        byte* element = BaseAddress + (ulong)*(uint*)key * Stride;
        if ((flags & (ulong)MapUpdateFlags.Lock) == 0)
            Layout.Write(element, value);
        else if (Layout.SpinLockOffset < 0)
            return -Errno.EINVAL;
        else
            Layout.WriteLocked(element, value);
        return 0;
    }

    internal override int Delete(byte* key) => -Errno.EINVAL;

    internal override int NextKey(byte* key, byte* next) => ArrayKeys.Next(key, next, MaxEntries);

    internal override bool Contains(ulong address, ulong size)
    {
        ulong offset = address - (ulong)BaseAddress;
        if (offset >= _memory.Length)
            return false;
        ulong inside = MaxEntries == 1 ? offset : offset % Stride;
        return inside <= (ulong)ValueSize && size <= (ulong)ValueSize - inside;
    }

    private protected override bool HasBatchLookup => true;

    private protected override bool HasBatchUpdate => true;

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _memory.Dispose();
    }
}
