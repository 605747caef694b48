namespace Headrace.Ports;

/// <summary>One packet as a <see cref="PacketSource"/> hands it out; its bytes stay valid until the source's next read.</summary>
/// <param name="timestamp">Nanoseconds since 1970-01-01 UTC; 0 when the source does not know.</param>
/// <param name="data">The bytes that were captured.</param>
/// <param name="originalLength">Bytes the packet had on the wire, as the source states it.</param>
/// <param name="linkType">What the bytes begin with.</param>
/// <param name="interfaceId">Number of the interface within its source.</param>
public readonly ref struct Packet(ulong timestamp, ReadOnlySpan<byte> data, uint originalLength, LinkType linkType, int interfaceId)
{
    /// <summary>Nanoseconds since 1970-01-01 UTC; 0 when the source does not know.</summary>
    public ulong Timestamp { get; } = timestamp;

    /// <summary>The bytes that were captured, valid until the next read from the source.</summary>
    public ReadOnlySpan<byte> Data { get; } = data;

    /// <summary>Bytes the packet had on the wire; more than <see cref="Data"/> holds when the capture cut it short.</summary>
    public uint OriginalLength { get; } = originalLength;

    /// <summary>What <see cref="Data"/> begins with.</summary>
    public LinkType LinkType { get; } = linkType;

    /// <summary>The interface it came in by: pcapng's number within the section, 0 for sources with one interface.</summary>
    public int InterfaceId { get; } = interfaceId;
}
