namespace Headrace.Dataflow;

/// <summary>A way for tokens from one actor to another.</summary>
/// <param name="From">Puts tokens on it.</param>
/// <param name="To">Takes them.</param>
/// <param name="Kind">What the tokens are.</param>
/// <param name="Input">Which operand, for values; which exit, for control.</param>
/// <param name="Regions">Regions it orders, for order links.</param>
public readonly record struct Link(Actor From, Actor To, LinkKind Kind, int Input, ulong Regions = 0)
{
    /// <summary>What is proved of its tokens.</summary>
    public ValueFacts Facts => From.Facts;
}
