using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>Records from programs to user code through one ring shared by all CPUs (<c>BPF_MAP_TYPE_RINGBUF</c>).</summary>
/// <remarks>Without elements: every element operation answers ENOTSUPP. User code reads with <see cref="RingBufferReader"/>.</remarks>
internal sealed unsafe class RingBufferMap(MapSpec spec, int cpus) : Map(spec, cpus)
{
    private const ulong WakeupFlags = 3; // BPF_RB_NO_WAKEUP | BPF_RB_FORCE_WAKEUP

    private RecordRing? _ring;

    /// <summary>The ring; records' headers carry the map's id.</summary>
    public RecordRing Ring => _ring ?? MakeRing();

    /// <summary><c>bpf_ringbuf_reserve</c>: null when there is no room.</summary>
    public byte* Reserve(ulong size) => Ring.Reserve(size);

    /// <summary><c>bpf_ringbuf_submit</c> and <c>bpf_ringbuf_discard</c> of a record that <see cref="Reserve"/> gave.</summary>
    public void Commit(byte* record, bool discard, ulong flags) => Ring.Commit(record, discard, flags);

    /// <summary><c>bpf_ringbuf_output</c>: 0, -EAGAIN when there is no room, -EINVAL for unknown flags.</summary>
    public int Output(byte* data, ulong size, ulong flags)
    {
        if ((flags & ~WakeupFlags) != 0)
            return -Errno.EINVAL;
        byte* record = Ring.Reserve(size);
        if (record == null)
            return -Errno.EAGAIN;
        Buffer.MemoryCopy(data, record, size, size);
        Ring.Commit(record, discard: false, flags);
        return 0;
    }

    /// <summary><c>bpf_ringbuf_query</c>: 0 available data, 1 size, 2 consumer position, 3 producer position; 0 for any other.</summary>
    public ulong Query(ulong what) => what switch
    {
        0 => Ring.ProducerPosition - Ring.ConsumerPosition,
        1 => Ring.Size,
        2 => Ring.ConsumerPosition,
        3 => Ring.ProducerPosition,
        _ => 0,
    };

    internal override byte* Lookup(byte* key, int cpu) => null;

    internal override int Update(byte* key, byte* value, ulong flags, int cpu) => -Errno.ENOTSUPP;

    internal override int Delete(byte* key) => -Errno.ENOTSUPP;

    internal override int NextKey(byte* key, byte* next) => -Errno.ENOTSUPP;

    internal override bool Contains(ulong address, ulong size) => _ring?.ContainsReserved(address, size) ?? false;

    private protected override int CopyOut(byte* key, byte* value, ulong flags) => -Errno.ENOTSUPP;

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _ring?.Dispose();
    }

    // The id is known only after the map has been registered.
    private RecordRing MakeRing()
    {
        var made = new RecordRing(MaxEntries, Id);
        if (Interlocked.CompareExchange(ref _ring, made, null) is not { } other)
            return made;
        made.Dispose();
        return other;
    }
}
