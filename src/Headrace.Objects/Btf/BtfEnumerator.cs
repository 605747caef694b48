namespace Headrace.Objects;

/// <summary>A constant of an enum.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value, extended to 64 bits as the enum's sign says.</param>
public readonly record struct BtfEnumerator(string Name, long Value);
