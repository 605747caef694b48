namespace Headrace.Objects;

/// <summary>A parameter of a function.</summary>
/// <param name="Name">Its name; may be empty.</param>
/// <param name="TypeId">Its type.</param>
public readonly record struct BtfParameter(string Name, int TypeId);
