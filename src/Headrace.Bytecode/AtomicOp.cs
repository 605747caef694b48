namespace Headrace.Bytecode;

/// <summary>Atomic operation: the immediate of an <see cref="AccessMode.Atomic"/> store (RFC 9669, section 5.3; Linux 6.15 for the last two).</summary>
public enum AtomicOp
{
    /// <summary>*p += src</summary>
    Add = 0x00,
    /// <summary>*p |= src</summary>
    Or = 0x40,
    /// <summary>*p &amp;= src</summary>
    And = 0x50,
    /// <summary>*p ^= src</summary>
    Xor = 0xa0,
    /// <summary>Modifier: src receives the old value.</summary>
    Fetch = 0x01,
    /// <summary>Add and fetch.</summary>
    FetchAdd = 0x01,
    /// <summary>Or and fetch.</summary>
    FetchOr = 0x41,
    /// <summary>And and fetch.</summary>
    FetchAnd = 0x51,
    /// <summary>Xor and fetch.</summary>
    FetchXor = 0xa1,
    /// <summary>src and *p change places.</summary>
    Exchange = 0xe1,
    /// <summary>*p = (*p == r0) ? src : *p; r0 receives the old value.</summary>
    CompareExchange = 0xf1,
    /// <summary>dst = load-acquire(*p of src)</summary>
    LoadAcquire = 0x100,
    /// <summary>store-release(*p of dst, src)</summary>
    StoreRelease = 0x110,
}
