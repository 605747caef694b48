namespace Headrace.Verifier;

/// <summary>Instructions that run one behind the other: control enters at the first and leaves at the last.</summary>
/// <param name="Start">The first slot.</param>
/// <param name="Last">The last instruction's slot.</param>
/// <param name="Function">The function they belong to.</param>
internal sealed record FactBlock(int Start, int Last, int Function)
{
    /// <summary>Its place in the order of evaluation: a jump to a lower or equal one goes backward.</summary>
    public int Order { get; set; }

    /// <summary>What is known at its start; null while nothing comes there.</summary>
    public FactState? State { get; set; }

    /// <summary>What arrives from blocks before it in this round.</summary>
    public FactState? Forward { get; set; }

    /// <summary>What arrived from blocks behind it in the round before.</summary>
    public FactState? Backward { get; set; }

    /// <summary>What arrives from blocks behind it in this round.</summary>
    public FactState? NextBackward { get; set; }

    /// <summary>How often it grew.</summary>
    public int Growth { get; set; }
}
