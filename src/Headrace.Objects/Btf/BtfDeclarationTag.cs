namespace Headrace.Objects;

/// <summary>A tag on a declaration.</summary>
/// <param name="Name">The tag's text.</param>
/// <param name="TypeId">What is tagged.</param>
/// <param name="Component">Member or parameter that is tagged; -1 for the whole.</param>
public sealed record BtfDeclarationTag(string Name, int TypeId, int Component) : BtfType(BtfKind.DeclarationTag, Name)
{
    /// <inheritdoc/>
    public override int Target => TypeId;
}
