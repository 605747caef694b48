namespace Headrace.Objects;

/// <summary>A struct or union that is declared and not defined.</summary>
/// <param name="Name">Its tag.</param>
/// <param name="IsUnion">True for a union.</param>
public sealed record BtfForward(string Name, bool IsUnion) : BtfType(BtfKind.Forward, Name);
