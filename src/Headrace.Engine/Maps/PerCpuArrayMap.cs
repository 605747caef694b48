using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>An array with one value a CPU (<c>BPF_MAP_TYPE_PERCPU_ARRAY</c>).</summary>
/// <remarks>Each CPU's array is one run of memory, so that CPUs do not write to each other's cache lines.</remarks>
internal sealed unsafe class PerCpuArrayMap : Map
{
    private const ulong CacheLine = 64;
    private readonly NativeBlock _memory;

    public PerCpuArrayMap(MapSpec spec, int cpus) : base(spec, cpus)
    {
        Stride = (uint)NativeBytes.RoundUp8(ValueSize);
        CpuStride = ((ulong)MaxEntries * Stride + CacheLine - 1) & ~(CacheLine - 1);
        _memory = new NativeBlock((ulong)cpus, CpuStride);
        BaseAddress = _memory.Address;
    }

    /// <summary>Address of element 0 on CPU 0; element i on CPU c is at BaseAddress + c * CpuStride + i * Stride.</summary>
    public byte* BaseAddress { get; }

    /// <summary>Bytes from one element to the next: the value size rounded up to 8.</summary>
    public uint Stride { get; }

    /// <summary>Bytes from one CPU's array to the next one's.</summary>
    public ulong CpuStride { get; }

    public override int UserValueSize => checked((int)Stride * Cpus);

    internal override byte* Lookup(byte* key, int cpu)
    {
        uint index = *(uint*)key;
        return index < MaxEntries && (uint)cpu < (uint)Cpus ? Element(index, cpu) : null;
    }

    internal override int Update(byte* key, byte* value, ulong flags, int cpu)
    {
        int refused = ArrayKeys.CheckUpdate(*(uint*)key, MaxEntries, flags);
        if (refused == 0)
            Layout.Write(Element(*(uint*)key, cpu), value);
        return refused;
    }

    internal override int Delete(byte* key) => -Errno.EINVAL;

    internal override int NextKey(byte* key, byte* next) => ArrayKeys.Next(key, next, MaxEntries);

    internal override bool Contains(ulong address, ulong size)
    {
        ulong offset = address - (ulong)BaseAddress;
        if (offset >= _memory.Length)
            return false;
        offset %= CpuStride;
        if (offset >= (ulong)MaxEntries * Stride)
            return false;
        ulong inside = offset % Stride;
        return inside <= (ulong)ValueSize && size <= (ulong)ValueSize - inside;
    }

    private protected override int CopyOut(byte* key, byte* value, ulong flags)
    {
        if (*(uint*)key >= MaxEntries)
            return -Errno.ENOENT;
        for (int cpu = 0; cpu < Cpus; cpu++)
            NativeBytes.Copy(value + cpu * Stride, Element(*(uint*)key, cpu), (int)Stride);
        return 0;
    }

    private protected override int CopyIn(byte* key, byte* value, ulong flags)
    {
        int refused = ArrayKeys.CheckUpdate(*(uint*)key, MaxEntries, flags);
        for (int cpu = 0; refused == 0 && cpu < Cpus; cpu++)
            NativeBytes.Copy(Element(*(uint*)key, cpu), value + cpu * Stride, (int)Stride);
        return refused;
    }

    private protected override bool HasBatchLookup => true;

    private protected override bool HasBatchUpdate => true;

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _memory.Dispose();
    }

    private byte* Element(uint index, int cpu) => BaseAddress + (ulong)cpu * CpuStride + (ulong)index * Stride;
}
