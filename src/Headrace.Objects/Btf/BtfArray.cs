namespace Headrace.Objects;

/// <summary>An array.</summary>
/// <param name="ElementTypeId">Type of an element.</param>
/// <param name="IndexTypeId">Type of the index.</param>
/// <param name="Count">Number of elements; 0 for a flexible array.</param>
public sealed record BtfArray(int ElementTypeId, int IndexTypeId, uint Count) : BtfType(BtfKind.Array, "")
{
    /// <inheritdoc/>
    public override int Target => ElementTypeId;
}
