namespace Headrace.Verifier;

/// <summary>What else is known of a helper.</summary>
[Flags]
internal enum HelperMarks : byte
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>Only programs under a GPL-compatible licence may call it.</summary>
    GplOnly = 1 << 0,
    /// <summary>It takes memory of the packet.</summary>
    PacketAccess = 1 << 1,
    /// <summary>It moves packet data: packet pointers are worth nothing after it.</summary>
    ChangesPacket = 1 << 2,
    /// <summary>It may sleep: only sleepable programs may call it.</summary>
    MightSleep = 1 << 3,
    /// <summary>It gives a reference.</summary>
    Acquires = 1 << 4,
    /// <summary>It gives the same object another type: the reference of its argument goes on in R0.</summary>
    Casts = 1 << 5,
}
