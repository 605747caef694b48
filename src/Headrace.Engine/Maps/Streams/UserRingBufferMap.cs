using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>Records from user code to programs (<c>BPF_MAP_TYPE_USER_RINGBUF</c>): written with <see cref="UserRingBufferWriter"/>, drained by programs.</summary>
internal sealed unsafe class UserRingBufferMap(MapSpec spec, int cpus) : Map(spec, cpus)
{
    private int _draining;

    /// <summary>The ring.</summary>
    public RecordRing Ring { get; } = new(spec.MaxEntries, 0);

    /// <summary>Begins <c>bpf_user_ringbuf_drain</c>: false (EBUSY) while another program drains. <see cref="EndDrain"/> must follow.</summary>
    public bool TryBeginDrain() => Interlocked.CompareExchange(ref _draining, 1, 0) == 0;

    /// <summary>The next sample while draining; give it back with <see cref="Release"/>.</summary>
    public bool TryTake(out byte* sample, out uint length) => Ring.TryPeek(out sample, out length);

    /// <summary>Gives the sample's room back.</summary>
    public void Release(uint length) => Ring.Advance(length);

    /// <summary>Ends what <see cref="TryBeginDrain"/> began.</summary>
    public void EndDrain() => Volatile.Write(ref _draining, 0);

    internal override byte* Lookup(byte* key, int cpu) => null;

    internal override int Update(byte* key, byte* value, ulong flags, int cpu) => -Errno.ENOTSUPP;

    internal override int Delete(byte* key) => -Errno.ENOTSUPP;

    internal override int NextKey(byte* key, byte* next) => -Errno.ENOTSUPP;

    // Samples reach programs only as dynptrs.
    internal override bool Contains(ulong address, ulong size) => false;

    private protected override int CopyOut(byte* key, byte* value, ulong flags) => -Errno.ENOTSUPP;

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Ring.Dispose();
    }
}
