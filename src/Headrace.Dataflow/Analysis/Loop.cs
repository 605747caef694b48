namespace Headrace.Dataflow;

/// <summary>A loop: a cyclic region of the graph.</summary>
/// <param name="Head">The block it is entered by.</param>
/// <param name="Blocks">Its blocks, the head among them.</param>
internal sealed record Loop(Block Head, HashSet<Block> Blocks);
