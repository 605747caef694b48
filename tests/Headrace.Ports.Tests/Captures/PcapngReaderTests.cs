namespace Headrace.Ports.Tests;

public class PcapngReaderTests
{
    private static readonly byte[] Ping = [1, 2, 3, 4, 5, 6, 7];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reads_every_packet_block_and_skips_the_others(bool bigEndian)
    {
        var bytes = new CaptureBytes(bigEndian);
        using var reader = bytes.Section()
            .Interface(1, options: bytes.Body.Option(2, "eth0").Option(9, [9]).Option(0, []))
            .Block(4, bytes.Body.U32(0)) // name resolution
            .Enhanced(0, 123, Ping, original: 99, options: bytes.Body.Option(1, "a comment").Option(0, []))
            .Block(0x0BAD, bytes.Body.Raw(new byte[200_000])) // custom, longer than the buffer
            .Obsolete(0, 5_000_000_000, Ping)
            .Simple(7, Ping)
            .Block(5, bytes.Body.Raw(new byte[40])) // statistics
            .Open();

        Assert.Equal(CaptureFormat.Pcapng, reader.Format);
        Assert.True(reader.TryRead(out var packet));
        Assert.Equal((123UL, 99u, LinkType.Ethernet), (packet.Timestamp, packet.OriginalLength, packet.LinkType));
        Assert.Equal(Ping, packet.Data.ToArray());
        Assert.True(reader.TryRead(out packet));
        Assert.Equal(5_000_000_000UL, packet.Timestamp);
        Assert.Equal(Ping, packet.Data.ToArray());
        Assert.True(reader.TryRead(out packet));
        Assert.Equal(0UL, packet.Timestamp);
        Assert.Equal(Ping, packet.Data.ToArray());
        Assert.False(reader.TryRead(out _));
        Assert.Equal(3, reader.PacketsRead);
    }

    [Fact]
    public void Sections_have_their_own_byte_order_and_interfaces()
    {
        byte[] second = new CaptureBytes(true).Section().Interface(113).Interface(101).Enhanced(1, 2, Ping).ToArray();
        using var reader = new CaptureBytes(false).Section().Interface(1).Enhanced(0, 1, Ping).Raw(second).Open();
        Assert.True(reader.TryRead(out var packet));
        Assert.Equal((LinkType.Ethernet, 0), (packet.LinkType, packet.InterfaceId));
        Assert.True(reader.TryRead(out packet));
        Assert.Equal((LinkType.Raw, 1, 2000UL), (packet.LinkType, packet.InterfaceId, packet.Timestamp));
        Assert.False(reader.TryRead(out _));
    }

    [Theory]
    [InlineData(6, 1_000_001UL, 1_000_001_000UL)]
    [InlineData(9, 77UL, 77UL)]
    [InlineData(0, 3UL, 3_000_000_000UL)]
    [InlineData(12, 5_999UL, 5UL)]
    [InlineData(19, 50_000_000_000UL, 5UL)]
    [InlineData(0x80 | 10, 1536UL, 1_500_000_000UL)]
    [InlineData(0x80 | 63, ulong.MaxValue, 1_999_999_999UL)]
    [InlineData(6, ulong.MaxValue, ulong.MaxValue)]
    public void Time_stamps_follow_the_resolution(byte resolution, ulong units, ulong nanoseconds)
    {
        var bytes = new CaptureBytes(false);
        using var reader = bytes.Section().Interface(options: bytes.Body.Option(9, [resolution])).Enhanced(0, units, Ping).Open();
        Assert.True(reader.TryRead(out var packet));
        Assert.Equal(nanoseconds, packet.Timestamp);
    }

    [Theory]
    [InlineData(false, 10, 11_000_000_000UL)]
    [InlineData(true, 10, 11_000_000_000UL)]
    [InlineData(true, -1, 0UL)]
    [InlineData(false, -5, 0UL)]
    public void The_time_offset_is_added(bool bigEndian, long seconds, ulong nanoseconds)
    {
        byte[] value = BitConverter.GetBytes(seconds);
        if (bigEndian)
            Array.Reverse(value);
        var bytes = new CaptureBytes(bigEndian);
        using var reader = bytes.Section().Interface(options: bytes.Body.Option(14, value)).Enhanced(0, 1_000_000, Ping).Open();
        Assert.True(reader.TryRead(out var packet));
        Assert.Equal(nanoseconds, packet.Timestamp);
    }

    [Fact]
    public void A_simple_packet_ends_at_the_snapshot_length()
    {
        using var reader = new CaptureBytes(false).Section().Interface(snapLength: 5).Simple(1500, [1, 2, 3, 4, 5, 0, 0, 0]).Open();
        Assert.True(reader.TryRead(out var packet));
        Assert.Equal((5, 1500u), (packet.Data.Length, packet.OriginalLength));
    }

    public static TheoryData<string, byte[]> Damages()
    {
        var little = new CaptureBytes(false).Body;
        CaptureBytes Section() => new CaptureBytes(false).Section();
        return new()
        {
            { "byte-order magic 00000000", new CaptureBytes(false).Section(magic: 0).ToArray() },
            { "pcapng version 2.0", new CaptureBytes(false).Section(major: 2).ToArray() },
            { "section header says it is 24 bytes", new CaptureBytes(false).Block(0x0A0D0D0A, little.Body.U32(0x1A2B3C4D).U16(1).U16(0).U32(0)).ToArray() },
            { "section header is cut short: 12 of", new CaptureBytes(false).Section().ToArray()[..12] },
            { "block's header is cut short: 5 of 8", Section().Raw([1, 0, 0, 0, 20]).ToArray() },
            { "says it is 8 bytes long", Section().Block(5, little.Body, length: 8).ToArray() },
            { "says it is 33 bytes long", Section().Block(5, little.Body.Raw(new byte[20]), length: 33).ToArray() },
            { "32 bytes at its head and 36 at its tail", Section().Block(5, little.Body.Raw(new byte[20]), trailer: 36).ToArray() },
            { "should have 4294967292 bytes", Section().Block(5, little.Body, length: 0xFFFF_FFFC).ToArray() },
            { "interface description has 4 bytes", Section().Block(1, little.Body.U32(1)).ToArray() },
            { "option 2 of the interface description says it has 4096 bytes", Section().Interface(options: little.Body.U16(2).U16(4096)).ToArray() },
            { "resolution 14 of interface 0", Section().Interface(options: little.Body.Option(9, [20])).ToArray() },
            { "by interface 0, and the section has described 0", Section().Enhanced(0, 0, Ping).ToArray() },
            { "by interface 3, and the section has described 1", Section().Interface().Enhanced(3, 0, Ping).ToArray() },
            { "by interface 0, and the section has described 0", Section().Simple(4, [0, 0, 0, 0]).ToArray() },
            { "claims 400000 captured bytes", Section().Interface().Enhanced(0, 0, Ping, captured: 400_000).ToArray() },
            { "claims 9 captured bytes, 8 are left", Section().Interface().Enhanced(0, 0, Ping, captured: 9).ToArray() },
            { "claims 100 captured bytes, 8 are left", Section().Interface().Simple(100, new byte[8]).ToArray() },
            { "enhanced packet block has 4 bytes", Section().Interface().Block(6, little.Body.U32(0)).ToArray() },
            { "packet block has 4 bytes", Section().Interface().Block(2, little.Body.U32(0)).ToArray() },
            { "no room for the packet's length", Section().Interface().Block(3, little.Body).ToArray() },
            { "enhanced packet block says it is 16777216 bytes", Section().Interface().Block(6, little.Body.U32(0), length: 1 << 24).ToArray() },
            { "enhanced packet block is cut short: 40 of 48", Section().Interface().Enhanced(0, 0, new byte[16]).ToArray()[..(28 + 20 + 40)] },
        };
    }

    [Theory, MemberData(nameof(Damages))]
    public void Damage_is_named_and_stays(string reason, byte[] capture)
    {
        var error = Assert.Throws<CaptureException>(() => ReadAll(capture));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);

        static void ReadAll(byte[] capture)
        {
            using var reader = CaptureReader.Open(new MemoryStream(capture), "damaged.pcapng");
            while (reader.TryRead(out _))
            {
            }
        }
    }

    [Fact]
    public void An_error_says_which_packet_and_where()
    {
        using var reader = new CaptureBytes(true).Section().Interface().Enhanced(0, 0, Ping).Enhanced(1, 0, Ping).Open();
        Assert.True(reader.TryRead(out _));
        var error = Assert.Throws<CaptureException>(() => reader.TryRead(out _));
        Assert.Equal((28L + 20 + 40, (long?)1), (error.Offset, error.Packet));
        Assert.Same(error, Assert.Throws<CaptureException>(() => reader.TryRead(out _)));
    }
}
