using System.Collections.Immutable;

namespace Headrace.Objects;

/// <summary>An enum.</summary>
/// <param name="Kind"><see cref="BtfKind.Enum"/> or <see cref="BtfKind.Enum64"/>.</param>
/// <param name="Name">Its tag; empty when anonymous.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="IsSigned">True when negative values are meant.</param>
/// <param name="Values">Its constants in order.</param>
public sealed record BtfEnum(BtfKind Kind, string Name, int Size, bool IsSigned, ImmutableArray<BtfEnumerator> Values) : BtfType(Kind, Name);
