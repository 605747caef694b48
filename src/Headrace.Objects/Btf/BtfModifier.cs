namespace Headrace.Objects;

/// <summary>typedef, const, volatile, restrict or a type tag in front of another type.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="Name">Name of a typedef, text of a type tag; empty otherwise.</param>
/// <param name="TypeId">The type behind it.</param>
public sealed record BtfModifier(BtfKind Kind, string Name, int TypeId) : BtfType(Kind, Name)
{
    /// <inheritdoc/>
    public override int Target => TypeId;
}
