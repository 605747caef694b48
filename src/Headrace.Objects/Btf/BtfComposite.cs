using System.Collections.Immutable;

namespace Headrace.Objects;

/// <summary>A struct or union.</summary>
/// <param name="Kind">Which of the two.</param>
/// <param name="Name">Its tag; empty when anonymous.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="Members">Its members in order.</param>
public sealed record BtfComposite(BtfKind Kind, string Name, int Size, ImmutableArray<BtfMember> Members) : BtfType(Kind, Name);
