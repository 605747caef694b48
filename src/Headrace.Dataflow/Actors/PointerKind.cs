namespace Headrace.Dataflow;

/// <summary>What a token points to.</summary>
public enum PointerKind : byte
{
    /// <summary>A number.</summary>
    None,
    /// <summary>The context.</summary>
    Context,
    /// <summary>A stack frame; offsets count from its end and are negative.</summary>
    Stack,
    /// <summary>The packet; offsets count from its first byte. Plain eBPF: its memory.</summary>
    Packet,
    /// <summary>The end of the packet.</summary>
    PacketEnd,
    /// <summary>A map.</summary>
    Map,
    /// <summary>A value of a map, or null.</summary>
    MapValue,
    /// <summary>A function of the program.</summary>
    Function,
    /// <summary>Memory that a helper gave, such as a ring buffer's record.</summary>
    HelperMemory,
    /// <summary>It may be any pointer.</summary>
    Unknown,
}
