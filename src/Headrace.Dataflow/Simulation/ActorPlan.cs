namespace Headrace.Dataflow;

/// <summary>An actor laid out for running.</summary>
/// <param name="Actor">The actor; null for a join, which only waits for several tokens.</param>
/// <param name="Operands">Where its values come from.</param>
/// <param name="Latency">Cycles from firing to its token.</param>
/// <param name="Index">Number in the function, for counts of firings.</param>
internal sealed record ActorPlan(Actor? Actor, Operand[] Operands, int Latency, int Index)
{
    /// <summary>How often it fired.</summary>
    public long Firings { get; set; }
}
