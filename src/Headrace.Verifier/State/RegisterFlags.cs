namespace Headrace.Verifier;

/// <summary>What else is known of a pointer.</summary>
[Flags]
public enum RegisterFlags : uint
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>It may be NULL (the log's <c>_or_null</c>).</summary>
    MayBeNull = 1 << 0,
    /// <summary>What it points to cannot be written (<c>rdonly_</c>).</summary>
    ReadOnly = 1 << 1,
    /// <summary>A ring buffer's record (<c>ringbuf_</c>).</summary>
    RingBuffer = 1 << 2,
    /// <summary>User memory (<c>user_</c>).</summary>
    User = 1 << 3,
    /// <summary>Per-CPU memory (<c>percpu_</c>).</summary>
    PerCpu = 1 << 4,
    /// <summary>Not to be trusted (<c>untrusted_</c>).</summary>
    Untrusted = 1 << 5,
    /// <summary>Trusted (<c>trusted_</c>).</summary>
    Trusted = 1 << 6,
    /// <summary>Protected by RCU (<c>rcu_</c>).</summary>
    Rcu = 1 << 7,
    /// <summary>Allocated by the program (<c>alloc_</c>).</summary>
    Allocated = 1 << 8,
    /// <summary>A reference that does not own (<c>non_own_ref_</c>).</summary>
    NonOwning = 1 << 9,
    /// <summary>Memory that need not be initialized.</summary>
    Uninitialized = 1 << 10,
}
