using System.Collections.Immutable;

namespace Headrace.Objects;

/// <summary>An ELF section and its variables.</summary>
/// <param name="Name">The section's name.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Variables">What lies in it, in the order of the blob.</param>
public sealed record BtfDataSection(string Name, int Size, ImmutableArray<BtfSectionVariable> Variables) : BtfType(BtfKind.DataSection, Name);
