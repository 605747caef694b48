using Headrace.Testing;

namespace Headrace.Ports.Tests;

public class RealCaptureTests
{
    private const int FileHeader = 24;
    private const int PacketHeader = 16;

    // Counted by an independent reader.
    [Theory]
    [InlineData("tcpdump-afs.pcap", 601, 512276)]
    [InlineData("tcpdump-arp-oobr.pcap", 2282, 136380)]
    [InlineData("tcpdump-pim-packet-assortment.pcap", 245, 271876)]
    [InlineData("tcpdump-ptp_ethernet.pcap", 205, 13050)]
    [InlineData("zeek-dhcp-dhcp_flood.pcap", 500, 157750)]
    [InlineData("zeek-erspan.pcap", 287, 113363)]
    [InlineData("zeek-http-bro.org.pcap", 751, 494493)]
    [InlineData("zeek-http-methods.pcap", 655, 228325)]
    [InlineData("zeek-igmp-igmp-many-groups.pcap", 450, 18900)]
    [InlineData("zeek-nmap-vsn.pcap", 547, 24420)]
    [InlineData("zeek-quic-firefox-102.13.0esr-blog-cloudflare-com.pcap", 608, 558276)]
    [InlineData("zeek-redis-django-cloud.pcapng", 474, 50318)]
    [InlineData("zeek-ssh-sshguess.pcap", 431, 84001)]
    [InlineData("zeek-trunc-mpls-6in6-broken.pcap", 1811, 230654)]
    [InlineData("zeek-tunnels-Teredo.pcap", 78, 25025)]
    [InlineData("zeek-tunnels-geneve-many-options.pcap", 10, 2594)]
    [InlineData("zeek-tunnels-gre-within-gre.pcap", 628, 101664)]
    [InlineData("zeek-tunnels-vxlan.pcap", 10, 1368)]
    [InlineData("zeek-vlan-qinqinq.pcap", 14, 6255)]
    [InlineData("zeek-wikipedia.pcap", 136, 25260)]
    public void Has_the_packets_and_bytes_it_is_known_to_have(string name, int packets, long bytes)
    {
        string path = Path.Combine(SharedData.Require(), "pcaps", name);
        Assert.SkipUnless(File.Exists(path), $"{name} is not among the shared captures");
        // A file of another length is another file: the folder is not ours, and its damage is no fault of the reader's.
        long length = FileHeader + packets * (long)PacketHeader + bytes;
        Assert.SkipWhen(name.EndsWith(".pcap", StringComparison.Ordinal) && new FileInfo(path).Length != length,
            $"{name} in the shared folder is not the file whose packets were counted: it has {new FileInfo(path).Length} bytes, that one {length}");
        using var source = PacketSource.Open(path);
        long total = 0;
        while (source.TryRead(out var packet))
            total += packet.Data.Length;
        Assert.Equal((packets, bytes), (source.PacketsRead, total));
    }

    [Fact]
    public void Every_capture_survives_being_written_and_read_again()
    {
        foreach (string path in SharedData.Captures())
        {
            using var copied = CopyOf(path);
            using var source = PacketSource.Open(path);
            while (source.TryRead(out var packet))
            {
                Assert.True(copied.TryRead(out var copy), path);
                Assert.True(packet.Data.SequenceEqual(copy.Data), path);
                Assert.Equal((packet.Timestamp, packet.OriginalLength), (copy.Timestamp, copy.OriginalLength));
            }
            Assert.False(copied.TryRead(out _), path);
        }
    }

    private static CaptureReader CopyOf(string path)
    {
        var stream = new MemoryStream();
        using (var source = PacketSource.Open(path))
        using (var writer = CaptureWriter.Create(stream, "copy"))
        {
            while (source.TryRead(out var packet))
                writer.Write(packet);
        }
        return CaptureReader.Open(new MemoryStream(stream.ToArray()), "copy");
    }
}
