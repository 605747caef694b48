namespace Headrace.Objects;

/// <summary>One element a map holds from the start.</summary>
/// <param name="Key">The key's bytes.</param>
/// <param name="Value">The value's bytes, or null when <paramref name="Reference"/> names the value.</param>
/// <param name="Reference">Name of the program (program array) or map (array or hash of maps) that is the value.</param>
public sealed record MapEntrySpec(byte[] Key, byte[]? Value, string? Reference = null);
