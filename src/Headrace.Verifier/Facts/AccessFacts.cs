using Headrace.Objects;

namespace Headrace.Verifier;

/// <summary>What is proved of a load, a store or an atomic operation, on every path.</summary>
/// <param name="Kind">The region it goes to; <see cref="RegisterKind.NotInitialized"/> when paths differ.</param>
/// <param name="MinOffset">First byte it can touch, counted as in <see cref="RegisterFacts.Number"/>.</param>
/// <param name="MaxOffset">First byte of the access that lies farthest.</param>
/// <param name="Size">Bytes: 1, 2, 4 or 8.</param>
/// <param name="Map">Map value and key: the map; null when paths differ, and for everything else.</param>
/// <param name="MapIndex">Index of <paramref name="Map"/> in the collection; -1 for none.</param>
/// <param name="FramesUp">Stack: 0 for the function's own frame, 1 for its caller's; -1 when paths differ.</param>
/// <param name="IsWrite">True for stores and atomic operations.</param>
/// <param name="IsAtomic">True for atomic operations, loads that acquire and stores that release included.</param>
/// <remarks>
/// In programs with global functions, which are verified alone, offsets into <see cref="RegisterKind.Memory"/> count from what the function was
/// given; elsewhere from the start of the record or slice.
/// </remarks>
public readonly record struct AccessFacts(
    RegisterKind Kind, long MinOffset, long MaxOffset, int Size, MapSpec? Map, int MapIndex, int FramesUp, bool IsWrite, bool IsAtomic)
{
    /// <summary>The offset when it is one constant, else null.</summary>
    public int? Offset => MinOffset == MaxOffset ? (int)MinOffset : null;
}
