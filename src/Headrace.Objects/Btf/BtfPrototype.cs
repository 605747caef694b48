using System.Collections.Immutable;

namespace Headrace.Objects;

/// <summary>What a function takes and returns.</summary>
/// <param name="ReturnTypeId">Its result; 0 for none.</param>
/// <param name="Parameters">Its parameters; a last one without name and type stands for <c>...</c>.</param>
public sealed record BtfPrototype(int ReturnTypeId, ImmutableArray<BtfParameter> Parameters) : BtfType(BtfKind.Prototype, "")
{
    /// <inheritdoc/>
    public override int Target => ReturnTypeId;
}
