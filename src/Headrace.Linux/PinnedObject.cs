namespace Headrace.Linux;

/// <summary>A path in a bpf file system and the object it keeps alive.</summary>
/// <param name="Path">The path.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Id">The object's number among those of its kind.</param>
public sealed record PinnedObject(string Path, PinKind Kind, uint Id);
