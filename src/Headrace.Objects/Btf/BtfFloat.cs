namespace Headrace.Objects;

/// <summary>A floating-point number.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Size">Size in bytes.</param>
public sealed record BtfFloat(string Name, int Size) : BtfType(BtfKind.Float, Name);
