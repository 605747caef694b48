using System.Buffers.Binary;

namespace Headrace.Ports;

/// <summary>The pcapng format (draft-ietf-opsawg-pcapng): sections of blocks, each with its own byte order and interfaces.</summary>
internal sealed class PcapngReader(CaptureInput input) : CaptureReader(input, CaptureFormat.Pcapng)
{
    public const uint SectionHeaderBlock = 0x0A0D0D0A; // reads the same in both byte orders
    public const uint InterfaceDescriptionBlock = 1;
    public const uint ObsoletePacketBlock = 2;
    public const uint SimplePacketBlock = 3;
    public const uint EnhancedPacketBlock = 6;
    public const uint ByteOrderMagic = 0x1A2B3C4D;

    private const int BlockOverhead = 12; // type, length, length again
    private const int MaxInterfaces = 65_536;
    private const byte Microseconds = 6;

    private readonly List<PcapngInterface> _interfaces = [];
    private bool _bigEndian;
    private long _blockOffset;

    public override bool TryRead(out Packet packet)
    {
        while (TryReadBlockHeader(out uint type, out uint length))
        {
            switch (type)
            {
                case SectionHeaderBlock:
                    Skip(type, length);
                    break;
                case InterfaceDescriptionBlock:
                    AddInterface(TakeBody(type, length));
                    break;
                case EnhancedPacketBlock:
                    packet = ReadEnhanced(TakeBody(type, length));
                    PacketsRead++;
                    return true;
                case SimplePacketBlock:
                    packet = ReadSimple(TakeBody(type, length));
                    PacketsRead++;
                    return true;
                case ObsoletePacketBlock:
                    packet = ReadObsolete(TakeBody(type, length));
                    PacketsRead++;
                    return true;
                default:
                    Skip(type, length);
                    break;
            }
        }
        packet = default;
        return false;
    }

    /// <summary>Looks at a block's type and length and checks them; takes nothing. False at the end of the file.</summary>
    private bool TryReadBlockHeader(out uint type, out uint length)
    {
        (type, length) = (0, 0);
        _blockOffset = Input.Offset;
        if (!Input.TryPeek(8, out var header))
            return Input.Available == 0 ? false : throw Fail($"the block's header is cut short: {Input.Available} of 8 bytes are there; the capture is incomplete");
        // Read in the file's order first: a section header says itself which order holds from here on.
        type = BinaryPrimitives.ReadUInt32LittleEndian(header);
        length = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        if (type == SectionHeaderBlock)
            BeginSection();
        if (_bigEndian)
            (type, length) = (BinaryPrimitives.ReverseEndianness(type), BinaryPrimitives.ReverseEndianness(length));
        if (length < BlockOverhead || length % 4 != 0)
            throw Fail($"the {Describe(type)} says it is {length} bytes long; a length is a multiple of 4 and at least {BlockOverhead}");
        return true;
    }

    private void BeginSection()
    {
        if (!Input.TryPeek(16, out var header))
            throw Fail($"the section header is cut short: {Input.Available} of 28 bytes are there");
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        _bigEndian = magic switch
        {
            ByteOrderMagic => false,
            _ when BinaryPrimitives.ReverseEndianness(magic) == ByteOrderMagic => true,
            _ => throw Fail($"the section header has the byte-order magic {magic:x8}, not 1a2b3c4d in either byte order"),
        };
        uint length = U32(header[4..]);
        if (length < 28)
            throw Fail($"the section header says it is {length} bytes long; it has at least 28");
        var (major, minor) = (U16(header[12..]), U16(header[14..]));
        if (major != 1)
            throw Fail($"pcapng version {major}.{minor} is not read, only 1.x");
        _interfaces.Clear();
    }

    /// <summary>Takes a whole block and answers what is between its two lengths.</summary>
    private ReadOnlySpan<byte> TakeBody(uint type, uint length)
    {
        if (length > MaxBlockLength)
            throw Fail($"the {Describe(type)} says it is {length} bytes long, more than the {MaxBlockLength} accepted");
        if (!Input.TryTake((int)length, out var block))
            throw Fail($"the {Describe(type)} is cut short: {Input.Available} of {length} bytes are there; the capture is incomplete");
        CheckTrailer(type, length, U32(block[^4..]));
        return block[8..^4];
    }

    private void Skip(uint type, uint length)
    {
        if (!Input.TrySkip(length - 4) || !Input.TryTake(4, out var trailer))
            throw Fail($"the {Describe(type)} is cut short: it should have {length} bytes and the file ends before; the capture is incomplete");
        CheckTrailer(type, length, U32(trailer));
    }

    private void CheckTrailer(uint type, uint length, uint trailer)
    {
        if (trailer != length)
            throw Fail($"the {Describe(type)} says {length} bytes at its head and {trailer} at its tail; the capture is damaged");
    }

    private void AddInterface(ReadOnlySpan<byte> body)
    {
        if (body.Length < 8)
            throw Fail($"the interface description has {body.Length} bytes of content; it needs 8");
        if (_interfaces.Count == MaxInterfaces)
            throw Fail($"the section describes more than {MaxInterfaces} interfaces");
        var linkType = (LinkType)U16(body);
        uint snapLength = U32(body[4..]);
        byte resolution = Microseconds;
        long offsetSeconds = 0;
        for (var options = body[8..]; options.Length >= 4;)
        {
            var (code, size) = (U16(options), (int)U16(options[2..]));
            if (code == 0)
                break;
            int padded = (size + 3) & ~3;
            if (padded > options.Length - 4)
                throw Fail($"option {code} of the interface description says it has {size} bytes, {options.Length - 4} are left in the block");
            var value = options.Slice(4, size);
            if (code == 9 && size >= 1) // if_tsresol
                resolution = PcapngInterface.IsResolution(value[0]) ? value[0] : throw Fail($"the time stamp resolution {value[0]:x2} of interface {_interfaces.Count} is finer than 64 bits can say");
            else if (code == 14 && size >= 8) // if_tsoffset
                offsetSeconds = (long)((ulong)U32(value[(_bigEndian ? 0 : 4)..]) << 32 | U32(value[(_bigEndian ? 4 : 0)..]));
            options = options[(4 + padded)..];
        }
        _interfaces.Add(new PcapngInterface(linkType, snapLength, resolution, offsetSeconds));
    }

    private Packet ReadEnhanced(ReadOnlySpan<byte> body)
    {
        if (body.Length < 20)
            throw FailPacket($"the enhanced packet block has {body.Length} bytes of content; it needs 20");
        return MakePacket(U32(body), U32(body[4..]), U32(body[8..]), U32(body[12..]), U32(body[16..]), body[20..]);
    }

    private Packet ReadObsolete(ReadOnlySpan<byte> body)
    {
        if (body.Length < 20)
            throw FailPacket($"the packet block has {body.Length} bytes of content; it needs 20");
        return MakePacket(U16(body), U32(body[4..]), U32(body[8..]), U32(body[12..]), U32(body[16..]), body[20..]);
    }

    private Packet ReadSimple(ReadOnlySpan<byte> body)
    {
        if (body.Length < 4)
            throw FailPacket("the simple packet block has no room for the packet's length");
        var from = Interface(0);
        uint original = U32(body);
        uint captured = from.SnapLength == 0 ? original : Math.Min(original, from.SnapLength);
        return new Packet(0, Captured(captured, body[4..]), original, from.LinkType, 0);
    }

    private Packet MakePacket(uint id, uint high, uint low, uint captured, uint original, ReadOnlySpan<byte> rest)
    {
        var from = Interface(id);
        return new Packet(from.Nanoseconds((ulong)high << 32 | low), Captured(captured, rest), original, from.LinkType, (int)id);
    }

    private PcapngInterface Interface(uint id) =>
        id < _interfaces.Count ? _interfaces[(int)id] : throw FailPacket($"it came by interface {id}, and the section has described {_interfaces.Count}");

    private ReadOnlySpan<byte> Captured(uint captured, ReadOnlySpan<byte> rest)
    {
        if (captured > MaxPacketLength)
            throw FailPacket($"it claims {captured} captured bytes, more than the {MaxPacketLength} any capture has");
        if (captured > rest.Length)
            throw FailPacket($"it claims {captured} captured bytes, {rest.Length} are left in its block");
        return rest[..(int)captured];
    }

    private CaptureException Fail(string reason) => Input.Fail(_blockOffset, null, reason);

    private CaptureException FailPacket(string reason) => Input.Fail(_blockOffset, PacketsRead, reason);

    private static string Describe(uint type) => type switch
    {
        SectionHeaderBlock => "section header",
        InterfaceDescriptionBlock => "interface description",
        ObsoletePacketBlock => "packet block",
        SimplePacketBlock => "simple packet block",
        EnhancedPacketBlock => "enhanced packet block",
        _ => $"block of type {type:x8}",
    };

    private uint U32(ReadOnlySpan<byte> bytes) =>
        _bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private ushort U16(ReadOnlySpan<byte> bytes) =>
        _bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
}
