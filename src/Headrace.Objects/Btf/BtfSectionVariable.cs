namespace Headrace.Objects;

/// <summary>A variable's place in its section.</summary>
/// <param name="TypeId">The <see cref="BtfVariable"/>, or a <see cref="BtfFunction"/> in <c>.ksyms</c>.</param>
/// <param name="Offset">First byte.</param>
/// <param name="Size">Size in bytes.</param>
public readonly record struct BtfSectionVariable(int TypeId, uint Offset, uint Size);
