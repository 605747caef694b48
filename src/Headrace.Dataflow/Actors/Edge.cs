namespace Headrace.Dataflow;

/// <summary>A way of control into a block.</summary>
/// <param name="From">The block it leaves.</param>
/// <param name="Exit">By which exit of it.</param>
public readonly record struct Edge(Block From, int Exit);
