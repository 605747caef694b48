namespace Headrace.Dataflow;

/// <summary>Where a graph touches its world.</summary>
/// <param name="Tag">For which packet.</param>
/// <param name="Slot">By which instruction.</param>
/// <param name="Depth">In which frame of the call chain, from 0.</param>
internal readonly record struct Site(int Tag, int Slot, int Depth);
