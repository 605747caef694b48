namespace Headrace.Objects;

/// <summary>A variable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TypeId">Its type.</param>
/// <param name="Linkage">Who sees it.</param>
public sealed record BtfVariable(string Name, int TypeId, BtfLinkage Linkage) : BtfType(BtfKind.Variable, Name)
{
    /// <inheritdoc/>
    public override int Target => TypeId;
}
