namespace Headrace.Dataflow;

/// <summary>Kinds of memory.</summary>
public enum RegionKind : byte
{
    /// <summary>The context.</summary>
    Context,
    /// <summary>Bytes of the packet at known offsets.</summary>
    Packet,
    /// <summary>The packet elsewhere.</summary>
    PacketRest,
    /// <summary>Bytes of a stack frame.</summary>
    Stack,
    /// <summary>Which elements a map has.</summary>
    MapIndex,
    /// <summary>A map's values.</summary>
    MapValues,
    /// <summary>Memory that helpers gave.</summary>
    HelperMemory,
    /// <summary>What helpers change outside of memory: clocks, random numbers, output, where the packet goes.</summary>
    World,
}
