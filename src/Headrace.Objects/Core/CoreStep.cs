namespace Headrace.Objects.Core;

/// <summary>One step on the way through a type: into a member, or to an element.</summary>
/// <param name="TypeId">The struct or union stepped into; the element's type for an element.</param>
/// <param name="Index">Number of the member, element or constant.</param>
/// <param name="Name">The member's or constant's name; null for an element.</param>
internal readonly record struct CoreStep(int TypeId, int Index, string? Name);
