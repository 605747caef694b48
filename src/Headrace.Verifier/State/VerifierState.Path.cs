namespace Headrace.Verifier;

internal sealed partial class VerifierState
{
    /// <summary>The kept state this path goes on from; null at the start.</summary>
    public VerifierState? Parent;

    /// <summary>Paths from here that are not finished.</summary>
    public int Branches;

    /// <summary>Slot it starts at.</summary>
    public int FirstSlot;

    /// <summary>For a kept state: the slot it was kept at.</summary>
    public int KeptAt;

    /// <summary>For a kept state: about how much memory it takes.</summary>
    public long KeptBytes;

    /// <summary>For a kept state: true once it covers too few to be compared with; it counts until its paths are finished.</summary>
    public bool IsDropped;

    /// <summary>What ran since <see cref="FirstSlot"/>.</summary>
    public List<HistoryStep> History = [];

    /// <summary>Steps of <see cref="History"/> that are jumps' targets or touch the stack.</summary>
    public int HistoryWeight;

    /// <summary>Takes over everything another state knows, its path included.</summary>
    public void CopyFrom(VerifierState other)
    {
        for (int i = 0; i <= other.CurrentFrame; i++)
            (Frames[i] ??= new FunctionState()).CopyFrom(other.Frames[i]!);
        for (int i = other.CurrentFrame + 1; i < MaxFrames; i++)
            Frames[i] = null;
        References.Clear();
        References.AddRange(other.References);
        CurrentFrame = other.CurrentFrame;
        ActiveLocks = other.ActiveLocks;
        ActiveRcuLock = other.ActiveRcuLock;
        ActivePreemptLocks = other.ActivePreemptLocks;
        MayGotoDepth = other.MayGotoDepth;
        CallbackUnrollDepth = other.CallbackUnrollDepth;
        Parent = other.Parent;
        Branches = other.Branches;
        FirstSlot = other.FirstSlot;
        HistoryWeight = other.HistoryWeight;
    }

    /// <summary>Makes a state that knows the same and goes its own way.</summary>
    public VerifierState Fork()
    {
        var fork = new VerifierState();
        fork.CopyFrom(this);
        fork.History = [.. History];
        return fork;
    }
}
