namespace Headrace.Engine;

/// <summary>One argument of a helper.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Number of bytes of memory with a fixed size, else 0.</param>
/// <param name="Maps">For a map: the types it may have (see <see cref="MapTypes"/>).</param>
internal readonly record struct Argument(ArgumentKind Kind, int Size = 0, ulong Maps = 0);
