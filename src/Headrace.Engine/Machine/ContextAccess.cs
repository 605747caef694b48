namespace Headrace.Engine;

/// <summary>What an access to the context becomes.</summary>
/// <param name="Source">Which structure holds the value.</param>
/// <param name="Offset">Byte offset in that structure, a narrow access's own displacement included; for <see cref="ContextSource.Length"/> the byte of the length.</param>
/// <param name="Width">Bytes to load or store there: 8 for the packet's pointers, although the program's access has 4.</param>
internal readonly record struct ContextAccess(ContextSource Source, int Offset, int Width);
