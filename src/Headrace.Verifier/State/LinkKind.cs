namespace Headrace.Verifier;

/// <summary>How a scalar with an id relates to the others of the id.</summary>
internal enum LinkKind : byte
{
    /// <summary>Equal.</summary>
    Equal,
    /// <summary>Equal but for a constant, which is the register's offset.</summary>
    Offset,
    /// <summary>Equal but for a constant in the low 32 bits; the high half is 0.</summary>
    Offset32,
}
