namespace Headrace.Bytecode;

/// <summary>Conformance groups: parts of the instruction set a runtime may offer (RFC 9669, section 2.4 and the registry of section 7).</summary>
[Flags]
public enum ConformanceGroups
{
    /// <summary>In no group: an addition of Linux.</summary>
    None = 0,
    /// <summary>All 32-bit instructions that are in no other group.</summary>
    Base32 = 1 << 0,
    /// <summary>All 64-bit instructions that are in no other group; a runtime with it has <see cref="Base32"/> too.</summary>
    Base64 = 1 << 1,
    /// <summary>32-bit atomics.</summary>
    Atomic32 = 1 << 2,
    /// <summary>64-bit atomics; a runtime with it has <see cref="Atomic32"/> too.</summary>
    Atomic64 = 1 << 3,
    /// <summary>32-bit multiplication, division and remainder.</summary>
    DivMul32 = 1 << 4,
    /// <summary>64-bit multiplication, division and remainder; a runtime with it has <see cref="DivMul32"/> too.</summary>
    DivMul64 = 1 << 5,
    /// <summary>Legacy packet access.</summary>
    Packet = 1 << 6,
}
