namespace Headrace.Objects;

/// <summary>A function.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TypeId">Its prototype.</param>
/// <param name="Linkage">Who sees it.</param>
public sealed record BtfFunction(string Name, int TypeId, BtfLinkage Linkage) : BtfType(BtfKind.Function, Name)
{
    /// <inheritdoc/>
    public override int Target => TypeId;
}
