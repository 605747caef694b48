namespace Headrace.Engine.Jit;

/// <summary>What a stage that runs ahead of its packet's turn does with an actor.</summary>
internal enum AheadRole : byte
{
    /// <summary>Fires it: it gives what it will give when the packet's turn comes.</summary>
    Fire,

    /// <summary>Fires it on the packet's own stack frame; past what is certain, stops at it, since its address may be in the other frame.</summary>
    FireWhileCertain,

    /// <summary>Fires it, but packets in front may still change what it reads, or it leaves a trace: from there on all is a guess.</summary>
    Guess,

    /// <summary>Leaves it out, as if it had no effect and answered 0: from there on all is a guess.</summary>
    LeaveOut,

    /// <summary>Goes no further.</summary>
    Stop,
}
