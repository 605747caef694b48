namespace Headrace.Verifier;

/// <summary>Bytes of a stack, from its top: none when <see cref="From"/> is not below <see cref="To"/>.</summary>
/// <param name="From">The lowest byte.</param>
/// <param name="To">One past the highest.</param>
internal readonly record struct StackSpan(int From, int To)
{
    /// <summary>A whole frame.</summary>
    public static readonly StackSpan All = new(-Verifier.MaxStack, 0);

    /// <summary>True when it has no byte.</summary>
    public bool IsEmpty => From >= To;

    /// <summary>The least span around both.</summary>
    public StackSpan Union(StackSpan other) =>
        IsEmpty ? other : other.IsEmpty ? this : new StackSpan(Math.Min(From, other.From), Math.Max(To, other.To));

    /// <summary>The span of an access, cut to the frame.</summary>
    public static StackSpan Of(long from, long to) => new((int)Math.Clamp(from, All.From, 0), (int)Math.Clamp(to, All.From, 0));
}
