using Headrace.Objects;

namespace Headrace.Verifier;

/// <summary>What all walked paths show of one load, store or atomic operation.</summary>
internal struct WalkedAccess
{
    /// <summary>True when a path came by.</summary>
    public bool IsSeen;

    /// <summary>The kind of pointer; <see cref="RegisterKind.NotInitialized"/> when paths differ.</summary>
    public RegisterKind Kind;

    /// <summary>Frames between the running one and the stack's owner; -1 when paths differ.</summary>
    public sbyte FramesUp;

    /// <summary>The map; null when there is none or paths differ.</summary>
    public MapSpec? Map;

    /// <summary>Least offset of the access.</summary>
    public long MinOffset;

    /// <summary>Greatest offset of the access.</summary>
    public long MaxOffset;

    /// <summary>Adds a path.</summary>
    public void Add(in RegisterState pointer, int displacement, int frame)
    {
        long fixedPart = (long)pointer.Offset + displacement;
        (long min, long max) = pointer.Var.IsConst
            ? ((long)pointer.Var.Value + fixedPart, (long)pointer.Var.Value + fixedPart)
            : (pointer.SMin + fixedPart, pointer.SMax + fixedPart);
        sbyte framesUp = (sbyte)(pointer.Kind == RegisterKind.Stack ? frame - pointer.FrameNumber : 0);
        if (!IsSeen)
        {
            (IsSeen, Kind, FramesUp, Map, MinOffset, MaxOffset) = (true, pointer.Kind, framesUp, pointer.Map, min, max);
            return;
        }
        if (Kind != pointer.Kind)
            Kind = RegisterKind.NotInitialized;
        if (FramesUp != framesUp)
            FramesUp = -1;
        if (!ReferenceEquals(Map, pointer.Map))
            Map = null;
        MinOffset = Math.Min(MinOffset, min);
        MaxOffset = Math.Max(MaxOffset, max);
    }
}
