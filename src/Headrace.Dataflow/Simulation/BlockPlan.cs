namespace Headrace.Dataflow;

/// <summary>A block laid out for running: every token it can hold has a place.</summary>
/// <remarks>Places are first the tokens that come in with control (values, then two for each region), then one for each actor.</remarks>
internal sealed class BlockPlan
{
    /// <summary>The block.</summary>
    public required Block Block { get; init; }

    /// <summary>Number of places.</summary>
    public int Places { get; set; }

    /// <summary>Place of the first actor's token.</summary>
    public int FirstActor { get; set; }

    /// <summary>The actors that fire, in the order of the block.</summary>
    public ActorPlan[] Actors { get; set; } = [];

    /// <summary>Place of the terminator's token.</summary>
    public int Terminator { get; set; }

    /// <summary>Number of them that are ordered.</summary>
    public int OrderedActors { get; set; }

    /// <summary>By place: the actors that take the token.</summary>
    public int[][] Takers { get; set; } = [];

    /// <summary>By actor: how many tokens it takes. Actors without any fire when control comes.</summary>
    public int[] Needs { get; set; } = [];

    /// <summary>Actors that need no token.</summary>
    public int[] Ready { get; set; } = [];

    /// <summary>By exit: what goes along.</summary>
    public ExitPlan[] Exits { get; set; } = [];

    /// <summary>Activations that can be used again.</summary>
    public Stack<Activation> Free { get; } = new();
}
