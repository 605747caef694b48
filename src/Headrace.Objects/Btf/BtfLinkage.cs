namespace Headrace.Objects;

/// <summary>Linkage of a BTF function or variable.</summary>
public enum BtfLinkage
{
    /// <summary>Seen in its own file only.</summary>
    Static = 0,
    /// <summary>Seen by others.</summary>
    Global = 1,
    /// <summary>Defined elsewhere: in the kernel.</summary>
    Extern = 2,
}
