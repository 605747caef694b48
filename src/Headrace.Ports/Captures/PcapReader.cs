using System.Buffers.Binary;

namespace Headrace.Ports;

/// <summary>The classic pcap format (draft-ietf-opsawg-pcap): a 24-byte file header, then a 16-byte header before each packet.</summary>
internal sealed class PcapReader : CaptureReader
{
    public const uint MicrosecondMagic = 0xA1B2C3D4;
    public const uint NanosecondMagic = 0xA1B23C4D;
    public const int FileHeaderLength = 24;
    public const int PacketHeaderLength = 16;

    private readonly bool _bigEndian;
    private readonly uint _nanosecondsAUnit;
    private readonly LinkType _linkType;

    public PcapReader(CaptureInput input, bool bigEndian, bool nanoseconds) : base(input, CaptureFormat.Pcap)
    {
        _bigEndian = bigEndian;
        _nanosecondsAUnit = nanoseconds ? 1u : 1000u;
        if (!input.TryTake(FileHeaderLength, out var header))
            throw input.Fail(0, null, $"the file header is cut short: {input.Available} of {FileHeaderLength} bytes are there");
        var (major, minor) = (U16(header[4..]), U16(header[6..]));
        // Older minor versions swap the two lengths of a packet; none is written any more.
        if (major != 2 || minor is < 3 or > 4)
            throw input.Fail(4, null, $"pcap version {major}.{minor} is not read, only 2.3 and 2.4");
        // The upper half holds the length of the frame check sequence, when there is one, which changes nothing here.
        _linkType = (LinkType)(U32(header[20..]) & 0xFFFF);
    }

    public override bool TryRead(out Packet packet)
    {
        long offset = Input.Offset;
        if (!Input.TryTake(PacketHeaderLength, out var header))
        {
            packet = default;
            return Input.Available == 0 ? false
                : throw Input.Fail(offset, PacketsRead, $"its header is cut short: {Input.Available} of {PacketHeaderLength} bytes are there; the capture is incomplete");
        }
        ulong timestamp = U32(header) * 1_000_000_000UL + (ulong)U32(header[4..]) * _nanosecondsAUnit;
        uint captured = U32(header[8..]);
        uint original = U32(header[12..]);
        // The snapshot length of the file header is not trusted for this: real files have packets beyond it.
        if (captured > MaxPacketLength)
            throw Input.Fail(offset, PacketsRead, $"it claims {captured} captured bytes, more than the {MaxPacketLength} any capture has; the capture is damaged before or here");
        if (!Input.TryTake((int)captured, out var data))
            throw Input.Fail(offset, PacketsRead, $"it is cut short: {Input.Available} of {captured} captured bytes are there; the capture is incomplete");
        packet = new Packet(timestamp, data, original, _linkType, 0);
        PacketsRead++;
        return true;
    }

    private uint U32(ReadOnlySpan<byte> bytes) =>
        _bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private ushort U16(ReadOnlySpan<byte> bytes) =>
        _bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
}
