namespace Headrace.Objects;

/// <summary>No type: id 0.</summary>
public sealed record BtfVoid() : BtfType(BtfKind.Void, "")
{
    /// <summary>The only one.</summary>
    public static BtfVoid Instance { get; } = new();
}
