namespace Headrace.Dataflow;

/// <summary>A call of a function for one packet.</summary>
internal sealed class Invocation
{
    /// <summary>The function.</summary>
    public required FunctionPlan Plan { get; init; }

    /// <summary>The packet.</summary>
    public required PacketTag Packet { get; init; }

    /// <summary>Frames below the first.</summary>
    public required int Depth { get; init; }

    /// <summary>R10.</summary>
    public required ulong FrameTop { get; init; }

    /// <summary>Where the result goes; null for the program itself.</summary>
    public Activation? Caller { get; init; }

    /// <summary>Which actor of the caller.</summary>
    public int CallerActor { get; init; }

    /// <summary>Rounds of may_goto loops that are used up, by frame of inlined functions.</summary>
    public uint LoopRounds { get; set; }

    /// <summary>Ordered actors that control has come to and that are not done.</summary>
    public int Outstanding { get; set; }

    /// <summary>True once the return has fired; the call is over when nothing is outstanding either.</summary>
    public bool HasReturned { get; set; }

    /// <summary>Its result.</summary>
    public ulong Result { get; set; }
}
