namespace Headrace.Objects;

/// <summary>A pointer: 8 bytes.</summary>
/// <param name="TypeId">What it points to.</param>
public sealed record BtfPointer(int TypeId) : BtfType(BtfKind.Pointer, "")
{
    /// <inheritdoc/>
    public override int Target => TypeId;
}
