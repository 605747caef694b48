namespace Headrace.Engine;

/// <summary>Which accesses a context field takes.</summary>
internal enum ContextFieldKind : byte
{
    /// <summary>Its whole size only.</summary>
    Whole,

    /// <summary>Loads of any aligned part of it; stores of its whole size.</summary>
    Narrow,

    /// <summary>Any aligned access inside it, 8 bytes too: the control block.</summary>
    Scratch,

    /// <summary>Loaded as 4 bytes, gives a 64-bit pointer into the packet.</summary>
    Pointer,
}
