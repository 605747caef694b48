namespace Headrace.Verifier;

/// <summary>Everything that is known at one point of one path.</summary>
internal sealed partial class VerifierState
{
    /// <summary>Greatest number of frames.</summary>
    public const int MaxFrames = 8;

    /// <summary>The frames; those up to <see cref="CurrentFrame"/> are in use.</summary>
    public readonly FunctionState?[] Frames = new FunctionState?[MaxFrames];

    /// <summary>What was acquired and not yet released, in order.</summary>
    public readonly List<Reference> References = [];

    /// <summary>Index of the running frame.</summary>
    public int CurrentFrame;

    /// <summary>Spin locks held.</summary>
    public int ActiveLocks;

    /// <summary>True between bpf_rcu_read_lock and bpf_rcu_read_unlock.</summary>
    public bool ActiveRcuLock;

    /// <summary>Depth of bpf_preempt_disable.</summary>
    public int ActivePreemptLocks;

    /// <summary>How deep may_goto has nested on this path.</summary>
    public int MayGotoDepth;

    /// <summary>How often callbacks were unrolled on this path.</summary>
    public int CallbackUnrollDepth;

    /// <summary>The running frame.</summary>
    public FunctionState Current => Frames[CurrentFrame]!;
}
