namespace Headrace.Objects;

/// <summary>A special field inside a map's value, as BTF tells.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Offset">Bytes from the start of the value.</param>
/// <param name="Size">Bytes it takes.</param>
public sealed record MapFieldSpec(MapFieldKind Kind, int Offset, int Size);
