namespace Headrace.Objects;

/// <summary>What a special field of a map value is: memory that the kernel manages and that copies of the value leave alone.</summary>
public enum MapFieldKind
{
    /// <summary><c>struct bpf_spin_lock</c>, 4 bytes.</summary>
    SpinLock,

    /// <summary><c>struct bpf_timer</c>, 16 bytes.</summary>
    Timer,

    /// <summary><c>struct bpf_wq</c>, 16 bytes.</summary>
    WorkQueue,

    /// <summary>A kernel pointer (<c>__kptr</c>), 8 bytes.</summary>
    KernelPointer,

    /// <summary>Any other managed field: a list head, a tree root, a node.</summary>
    Other,
}
