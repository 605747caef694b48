namespace Headrace.Verifier;

/// <summary>What a call of a function does, wherever it is called from.</summary>
internal sealed class FunctionSummary
{
    private readonly StackSpan[] _writes = new StackSpan[VerifierState.MaxFrames];

    /// <summary>True when it comes back.</summary>
    public bool Returns { get; private set; }

    /// <summary>What it returns.</summary>
    public RegisterState Result { get; private set; }

    /// <summary>Bytes of the packet that are there when it comes back.</summary>
    public int PacketBytes { get; private set; }

    /// <summary>True when it may write to the stack of any of its callers.</summary>
    public bool WritesAnyFrame { get; set; }

    /// <summary>True when it, or what it calls, may move the packet.</summary>
    public bool ChangesPacket { get; set; }

    /// <summary>True when it may give back what its callers acquired.</summary>
    public bool Releases { get; set; }

    /// <summary>What it may write of a caller's stack: 1 is the direct caller.</summary>
    public StackSpan Writes(int framesUp) => _writes[framesUp];

    /// <summary>Adds bytes that it may write.</summary>
    public void AddWrite(int framesUp, StackSpan span)
    {
        if (framesUp < _writes.Length)
            _writes[framesUp] = _writes[framesUp].Union(span);
    }

    /// <summary>It comes back here.</summary>
    public void JoinExit(in RegisterState result, int packetBytes)
    {
        PacketBytes = Returns ? Math.Min(PacketBytes, packetBytes) : packetBytes;
        JoinResult(result);
    }

    /// <summary>It may end with a result.</summary>
    public void JoinResult(in RegisterState result)
    {
        Result = Returns ? ValueJoin.Join(Result, result) : result;
        Returns = true;
    }

    /// <summary>True when both say the same.</summary>
    public bool IsSame(FunctionSummary other) =>
        Returns == other.Returns && ValueJoin.Same(Result, other.Result) && PacketBytes == other.PacketBytes && WritesAnyFrame == other.WritesAnyFrame
        && ChangesPacket == other.ChangesPacket && Releases == other.Releases && _writes.AsSpan().SequenceEqual(other._writes);
}
