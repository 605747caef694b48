using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>Records from programs to user code through a buffer a CPU (<c>BPF_MAP_TYPE_PERF_EVENT_ARRAY</c>).</summary>
/// <remarks>
/// Slots are empty, and programs are answered ENOENT, until a <see cref="PerfEventReader"/> is opened: it puts its buffer for each CPU
/// into the slot of that number, as libbpf does. Programs of other systems' perf events have no place in user space: updates answer EBADF.
/// </remarks>
internal sealed unsafe class PerfEventArrayMap(MapSpec spec, int cpus) : Map(spec, cpus)
{
    private const ulong IndexMask = 0xffff_ffff; // BPF_F_INDEX_MASK
    private const ulong CurrentCpu = 0xffff_ffff; // BPF_F_CURRENT_CPU

    private readonly RecordRing?[] _rings = new RecordRing?[Math.Min(EntriesOf(spec, cpus), (uint)cpus)];

    /// <summary><c>bpf_perf_event_output</c>: a record of <paramref name="data"/>, then <paramref name="packet"/>.</summary>
    /// <param name="flags">Slot in the low 32 bits, all ones for the CPU's own; other bits are the helper's business.</param>
    /// <param name="cpu">The CPU the program runs on.</param>
    /// <param name="data">The program's bytes.</param>
    /// <param name="size">How many.</param>
    /// <param name="packet">Packet bytes to append.</param>
    /// <param name="packetSize">How many.</param>
    /// <returns>0; -E2BIG out of range; -ENOENT without a reader; -EOPNOTSUPP for another CPU's slot; -ENOSPC when the buffer is full.</returns>
    public int Output(ulong flags, int cpu, byte* data, ulong size, byte* packet, ulong packetSize)
    {
        ulong index = flags & IndexMask;
        if (index == CurrentCpu)
            index = (uint)cpu;
        if (index >= MaxEntries)
            return -Errno.E2BIG;
        RecordRing? ring = index < (uint)_rings.Length ? Volatile.Read(ref _rings[index]) : null;
        if (ring is null)
            return -Errno.ENOENT;
        if (index != (uint)cpu)
            return -Errno.EOPNOTSUPP;
        byte* record = ring.Reserve(size + packetSize);
        if (record == null)
            return -Errno.ENOSPC;
        Buffer.MemoryCopy(data, record, size, size);
        Buffer.MemoryCopy(packet, record + size, packetSize, packetSize);
        ring.Commit(record, discard: false, 0);
        return 0;
    }

    /// <summary>Gives each CPU a new buffer. Records in older buffers are dropped.</summary>
    internal RecordRing[] Open(uint size)
    {
        var opened = new RecordRing[_rings.Length];
        for (int i = 0; i < opened.Length; i++)
        {
            opened[i] = new RecordRing(size, 0);
            Volatile.Write(ref _rings[i], opened[i]);
        }
        return opened;
    }

    /// <summary>Empties the slots that hold these buffers.</summary>
    internal void Close(RecordRing[] rings)
    {
        for (int i = 0; i < rings.Length; i++)
            Interlocked.CompareExchange(ref _rings[i], null, rings[i]);
    }

    internal override byte* Lookup(byte* key, int cpu) => null;

    internal override int Update(byte* key, byte* value, ulong flags, int cpu)
    {
        if (flags != 0)
            return -Errno.EINVAL;
        return *(uint*)key >= MaxEntries ? -Errno.E2BIG : -Errno.EBADF;
    }

    internal override int Delete(byte* key)
    {
        uint index = *(uint*)key;
        if (index >= MaxEntries)
            return -Errno.E2BIG;
        return index < (uint)_rings.Length && Interlocked.Exchange(ref _rings[index], null) is not null ? 0 : -Errno.ENOENT;
    }

    internal override int NextKey(byte* key, byte* next) => ArrayKeys.Next(key, next, MaxEntries);

    internal override bool Contains(ulong address, ulong size) => false;

    private protected override int CopyOut(byte* key, byte* value, ulong flags) => -Errno.ENOTSUPP;
}
