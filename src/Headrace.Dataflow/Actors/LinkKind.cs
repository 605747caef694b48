namespace Headrace.Dataflow;

/// <summary>What the tokens of a link are.</summary>
public enum LinkKind : byte
{
    /// <summary>Values.</summary>
    Value,
    /// <summary>Leave to touch a region of memory.</summary>
    Order,
    /// <summary>Activation of a block.</summary>
    Control,
}
