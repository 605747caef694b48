namespace Headrace.Verifier;

/// <summary>How a scalar with an id relates to the others of the id.</summary>
internal enum LinkKind : byte
{
    /// <summary>Equal.</summary>
    Equal,
    /// <summary>Equal but for a constant, which is the register's offset.</summary>
    Offset,
    /// <summary>The same in 32 bits: the sum was cut to its low half, and all values of the id fit there.</summary>
    Offset32,
}
