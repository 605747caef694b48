namespace Headrace.Dataflow;

/// <summary>Bytes that an access touches, as far as passes compare them.</summary>
/// <param name="Base">The address before the displacement.</param>
/// <param name="From">Displacement of the first byte.</param>
/// <param name="Size">Bytes.</param>
internal readonly record struct MemoryPlace(Actor Base, long From, int Size)
{
    /// <summary>Bytes of a stack frame.</summary>
    public const int FrameSize = 512;

    /// <summary>One past the last byte.</summary>
    public long To => From + Size;

    /// <summary>The place of a load, store, or the target of a bulk operation.</summary>
    public static MemoryPlace Of(Actor actor) => new(actor.Inputs[0], actor.Immediate, actor.AccessSize);

    /// <summary>Where it leads.</summary>
    public PointerFacts Pointer => Base.Facts.Pointer.Move(From);

    /// <summary>True for bytes of the stack that are known and lie inside their frame.</summary>
    public bool IsInFrame => Pointer is { Kind: PointerKind.Stack, Index: >= 0, Offset: { } offset } && offset >= -FrameSize && offset + Size <= 0;

    /// <summary>True when both go through the same address and these bytes hold the others.</summary>
    public bool Holds(MemoryPlace other) => Base == other.Base && From <= other.From && To >= other.To;

    /// <summary>True when no byte can be common.</summary>
    public bool IsApart(MemoryPlace other)
    {
        if (Base == other.Base)
            return To <= other.From || other.To <= From;
        PointerFacts a = Pointer, b = other.Pointer;
        if (a.Kind is PointerKind.Unknown or PointerKind.None || b.Kind is PointerKind.Unknown or PointerKind.None)
            return false;
        if (a.Kind != b.Kind)
            return true;
        // Offsets of one kind compare where they count from the same byte: a frame's end, a data section.
        bool isSame = a.Kind is PointerKind.Stack or PointerKind.MapValue && a.Index >= 0 && a.Index == b.Index;
        if (a.Kind == PointerKind.MapValue && isSame && !(Base.Kind == ActorKind.MapValueAddress && other.Base.Kind == ActorKind.MapValueAddress))
            isSame = false;
        return isSame ? a.Offset is { } x && b.Offset is { } y && (x + Size <= y || y + other.Size <= x)
            : a.Kind is PointerKind.Stack or PointerKind.MapValue && a.Index >= 0 && b.Index >= 0 && a.Index != b.Index;
    }

    /// <summary>True when an actor may change these bytes.</summary>
    public bool MayBeWrittenBy(Actor actor, ulong regions) => (actor.Effects.Writes & regions) != 0
        && !(actor.Kind is ActorKind.Store or ActorKind.Atomic or ActorKind.ClearBytes or ActorKind.CopyBytes && IsApart(Of(actor)));

    /// <summary>True when an actor may read or change these bytes.</summary>
    public bool MayBeTouchedBy(Actor actor, ulong regions) => (actor.Effects.All & regions) != 0
        && (actor.Kind == ActorKind.CopyBytes || !(actor.Kind is ActorKind.Load or ActorKind.Store or ActorKind.Atomic or ActorKind.ClearBytes && IsApart(Of(actor))));
}
