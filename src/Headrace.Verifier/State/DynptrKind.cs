namespace Headrace.Verifier;

/// <summary>What a dynptr leads to.</summary>
internal enum DynptrKind : byte
{
    /// <summary>No dynptr.</summary>
    None,
    /// <summary>Memory of the program.</summary>
    Local,
    /// <summary>A ring buffer's record.</summary>
    RingBuffer,
    /// <summary>A socket buffer.</summary>
    Skb,
    /// <summary>An XDP packet.</summary>
    Xdp,
}
