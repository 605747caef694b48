namespace Headrace.Dataflow;

/// <summary>Where a token points.</summary>
/// <param name="Kind">To what.</param>
/// <param name="Index">Which map, or which frame below the function's own; -1 when it may be any.</param>
/// <param name="Offset">Bytes from the start of it (the end of a stack frame, the value of a map); null when it is not one constant.</param>
public readonly record struct PointerFacts(PointerKind Kind, int Index = -1, long? Offset = null)
{
    /// <summary>A number.</summary>
    public static readonly PointerFacts Number;

    /// <summary>Any pointer.</summary>
    public static readonly PointerFacts Unknown = new(PointerKind.Unknown);

    /// <summary>The same a distance further; null for a distance that is not constant.</summary>
    public PointerFacts Move(long? distance) => Kind is PointerKind.None or PointerKind.Unknown ? this : this with { Offset = Offset + distance };

    /// <summary>What holds of a token that is one or the other.</summary>
    public static PointerFacts Join(PointerFacts a, PointerFacts b)
    {
        if (a == b)
            return a;
        if (a.Kind != b.Kind)
            return Unknown;
        return new PointerFacts(a.Kind, a.Index == b.Index ? a.Index : -1, a.Offset == b.Offset ? a.Offset : null);
    }
}
