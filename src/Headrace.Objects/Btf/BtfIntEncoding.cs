namespace Headrace.Objects;

/// <summary>How the bits of a BTF integer are to be read.</summary>
[Flags]
public enum BtfIntEncoding : byte
{
    /// <summary>Unsigned.</summary>
    None = 0,
    /// <summary>Signed.</summary>
    Signed = 1,
    /// <summary>Character.</summary>
    Char = 2,
    /// <summary>Boolean.</summary>
    Bool = 4,
}
