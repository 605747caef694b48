namespace Headrace.Engine;

/// <summary>A field of a context as the program sees it, and where it is kept.</summary>
/// <param name="Name">Name in the kernel's header.</param>
/// <param name="Offset">Offset in the context.</param>
/// <param name="Size">Bytes in the context.</param>
/// <param name="Source">Which structure holds it.</param>
/// <param name="SourceOffset">Offset there.</param>
/// <param name="Kind">Which widths the kernel allows.</param>
/// <param name="Writable">True when programs of this type may store to it.</param>
internal readonly record struct ContextField(
    string Name, int Offset, int Size, ContextSource Source, int SourceOffset, ContextFieldKind Kind, bool Writable = false);
