namespace Headrace.Ports.Tests;

public class PcapReaderTests
{
    private static readonly byte[] Ping = [1, 2, 3, 4, 5, 6, 7];

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Reads_every_byte_order_and_resolution(bool bigEndian, bool nanoseconds)
    {
        using var reader = new CaptureBytes(bigEndian).PcapHeader(nanoseconds).PcapPacket(1000, 5, Ping).PcapPacket(4_000_000_000, 999, [], original: 60).Open();
        uint unit = nanoseconds ? 1u : 1000u;

        Assert.Equal(CaptureFormat.Pcap, reader.Format);
        Assert.True(reader.TryRead(out var first));
        Assert.Equal(1_000_000_000_000UL + 5 * unit, first.Timestamp);
        Assert.Equal(Ping, first.Data.ToArray());
        Assert.Equal(7u, first.OriginalLength);
        Assert.Equal(LinkType.Ethernet, first.LinkType);
        Assert.True(reader.TryRead(out var second));
        Assert.Equal(4_000_000_000_000_000_000UL + 999 * unit, second.Timestamp);
        Assert.Equal((0, 60u), (second.Data.Length, second.OriginalLength));
        Assert.False(reader.TryRead(out _));
        Assert.False(reader.TryRead(out _));
        Assert.Equal(2, reader.PacketsRead);
    }

    [Fact]
    public void Exposes_the_link_type_without_the_check_sequence_bits()
    {
        using var reader = new CaptureBytes(false).PcapHeader(linkType: 0x2400_0071).PcapPacket(1, 0, Ping).Open();
        Assert.True(reader.TryRead(out var packet));
        Assert.Equal(LinkType.LinuxSll, packet.LinkType);
    }

    [Fact]
    public void Reads_a_packet_beyond_the_snapshot_length_of_the_header()
    {
        using var reader = new CaptureBytes(false).PcapHeader(snapLength: 3).PcapPacket(1, 0, Ping).Open();
        Assert.True(reader.TryRead(out var packet));
        Assert.Equal(7, packet.Data.Length);
    }

    [Fact]
    public void A_packet_larger_than_the_buffer_is_read_whole()
    {
        byte[] large = new byte[CaptureReader.MaxPacketLength];
        Random.Shared.NextBytes(large);
        using var reader = new CaptureBytes(true).PcapHeader().PcapPacket(1, 0, Ping).PcapPacket(1, 0, large).Open();
        Assert.True(reader.TryRead(out _));
        Assert.True(reader.TryRead(out var packet));
        Assert.Equal(large, packet.Data.ToArray());
    }

    [Theory]
    [InlineData(10, 34, 0, "its header is cut short: 10 of 16 bytes")]
    [InlineData(19, 43, 0, "it is cut short: 3 of 7 captured bytes")]
    public void A_cut_packet_is_named_after_the_whole_ones(int left, int length, int packet, string reason)
    {
        byte[] bytes = new CaptureBytes(false).PcapHeader().PcapPacket(1, 0, Ping).ToArray()[..length];
        Assert.Equal(left, bytes.Length - 24);
        using var reader = CaptureReader.Open(new MemoryStream(bytes), "cut.pcap");
        var error = Fails(reader);
        Assert.Equal((24L, (long?)packet, "cut.pcap"), (error.Offset, error.Packet, error.Capture));
        Assert.Contains(reason, error.Reason, StringComparison.Ordinal);
        Assert.Same(error, Fails(reader));
    }

    [Fact]
    public void Packets_before_the_damage_are_handed_out()
    {
        using var reader = new CaptureBytes(false).PcapHeader().PcapPacket(1, 0, Ping).PcapPacket(1, 0, Ping, captured: 0x7FFF_FFFF).Open();
        Assert.True(reader.TryRead(out _));
        var error = Fails(reader);
        Assert.Equal((47L, (long?)1), (error.Offset, error.Packet));
        Assert.Contains("claims 2147483647 captured bytes", error.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { }, "it has 0 bytes")]
    [InlineData(new byte[] { 0xD4, 0xC3 }, "it has 2 bytes")]
    [InlineData(new byte[] { 0xD4, 0xC3, 0xB2, 0xA1, 2, 0 }, "file header is cut short: 6 of 24")]
    [InlineData(new byte[] { 0x34, 0xCD, 0xB2, 0xA1 }, "modified kind")]
    [InlineData(new byte[] { 0xA1, 0xB2, 0xCD, 0x34 }, "modified kind")]
    [InlineData(new byte[] { 0x1F, 0x8B, 8, 0 }, "gzip")]
    [InlineData(new byte[] { 0x28, 0xB5, 0x2F, 0xFD }, "zstd")]
    [InlineData(new byte[] { (byte)'s', (byte)'n', (byte)'o', (byte)'o' }, "snoop")]
    [InlineData(new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F' }, "ELF object")]
    [InlineData(new byte[] { 1, 2, 3, 4 }, "begins with 01020304")]
    public void What_is_no_capture_is_refused_in_words(byte[] bytes, string reason)
    {
        var error = Assert.Throws<CaptureException>(() => CaptureReader.Open(new MemoryStream(bytes), "x"));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_version_is_refused()
    {
        var error = Assert.Throws<CaptureException>(() => new CaptureBytes(true).PcapHeader(minor: 2).Open());
        Assert.Contains("version 2.2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_a_capture_error()
    {
        string missing = Path.Combine(Path.GetTempPath(), "headrace-no-such.pcap");
        Assert.Contains(missing, Assert.Throws<CaptureException>(() => PacketSource.Open(missing)).Message, StringComparison.Ordinal);
        Assert.Throws<CaptureException>(() => PacketSource.Open(Path.GetTempPath()));
    }

    private static CaptureException Fails(CaptureReader reader) => Assert.Throws<CaptureException>(() => reader.TryRead(out _));
}
