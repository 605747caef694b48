using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Headrace.Ports.Tests;

public class TrafficGeneratorTests
{
    private const string Rich = "packets=20000,flows=500,ipv6=30,vlan=10,qinq=10,options=15,attack=synflood:10/udpflood:5/dnsamp:5,seed=42";

    // The digest stands for "on every machine": a change of the generator's output is a change of every published figure.
    [Theory]
    [InlineData("", "79A0F83A5175D8CB")]
    [InlineData(Rich, "833DEFE03217D0E9")]
    public void The_same_seed_makes_the_same_bytes(string text, string digest)
    {
        using var generator = new TrafficGenerator(TrafficSpec.Parse(text));
        Assert.Equal(digest, Digest(generator));
        generator.Restart();
        Assert.Equal(digest, Digest(generator));
    }

    [Fact]
    public void Another_seed_makes_other_bytes() =>
        Assert.NotEqual(Digest(PacketSource.Open("gen:packets=100,seed=1")), Digest(PacketSource.Open("gen:packets=100,seed=2")));

    [Fact]
    public void Every_frame_has_valid_lengths_and_checksums()
    {
        using var generator = PacketSource.Open("gen:" + Rich);
        while (generator.TryRead(out var packet))
        {
            Assert.InRange(packet.Data.Length, TrafficSpec.MinFrame, 1514);
            CheckFrame(packet.Data);
        }
    }

    [Fact]
    public void The_shares_are_those_asked_for()
    {
        var counts = new Dictionary<string, int>();
        using var generator = PacketSource.Open("gen:packets=50000,flows=20000,mix=udp:60/tcp:30/icmp:10,ipv6=20,vlan=25,attack=synflood:40");
        while (generator.TryRead(out var packet))
            Count(counts, packet.Data);
        // Ordinary traffic is 60 % of 50,000.
        Assert.InRange(counts["attack"], 19_000, 21_000);
        Assert.InRange(counts["udp"], 17_000, 19_000);
        Assert.InRange(counts["tcp"], 8_000, 10_000);
        Assert.InRange(counts["icmp"], 2_500, 3_500);
        Assert.InRange(counts["ipv6"], 5_400, 6_600);
        Assert.InRange(counts["vlan"], 6_750, 8_250);

        static void Count(Dictionary<string, int> counts, ReadOnlySpan<byte> frame)
        {
            int at = 12;
            bool tagged = U16(frame, at) == 0x8100;
            at += tagged ? 6 : 2;
            bool ipv6 = U16(frame, at - 2) == 0x86DD;
            bool attack = !ipv6 && frame[at + 12] == 198;
            string protocol = frame[at + (ipv6 ? 6 : 9)] switch { 6 => "tcp", 17 => "udp", _ => "icmp" };
            string[] keys = attack ? ["attack"] : [protocol, ipv6 ? "ipv6" : "ipv4", tagged ? "vlan" : "plain"];
            foreach (string key in keys)
                counts[key] = counts.GetValueOrDefault(key) + 1;
        }
    }

    [Fact]
    public void The_classic_mix_has_its_three_lengths()
    {
        var lengths = new Dictionary<int, int>();
        using var generator = PacketSource.Open("gen:packets=24000,mix=udp:100");
        while (generator.TryRead(out var packet))
            lengths[packet.Data.Length] = lengths.GetValueOrDefault(packet.Data.Length) + 1;
        Assert.Equal([60, 590, 1514], lengths.Keys.Order());
        Assert.InRange(lengths[60], 13_500, 14_500);
        Assert.InRange(lengths[590], 7_500, 8_500);
    }

    [Fact]
    public void Flows_are_as_many_as_asked_for_and_do_not_depend_on_the_seed()
    {
        Assert.Equal(Flows(1), Flows(2));
        Assert.Equal(50, Flows(1).Count);

        static SortedSet<string> Flows(int seed)
        {
            var flows = new SortedSet<string>(StringComparer.Ordinal);
            using var generator = PacketSource.Open($"gen:packets=5000,flows=50,mix=udp:100,seed={seed}");
            while (generator.TryRead(out var packet))
                flows.Add(Convert.ToHexString(packet.Data.Slice(26, 12)));
            return flows;
        }
    }

    [Fact]
    public void Time_goes_on_at_the_rate()
    {
        using var generator = PacketSource.Open("gen:packets=3,rate=1000");
        Assert.True(generator.TryRead(out var packet));
        ulong first = packet.Timestamp;
        Assert.True(generator.TryRead(out packet));
        Assert.Equal(first + 1_000_000, packet.Timestamp);
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        using var generator = PacketSource.Open("gen:" + Rich);
        Assert.True(generator.TryRead(out _));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
            generator.TryRead(out _);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static string Digest(PacketSource source)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (source.TryRead(out var packet))
        {
            hash.AppendData(BitConverter.GetBytes(packet.Timestamp));
            hash.AppendData(packet.Data);
        }
        return Convert.ToHexString(hash.GetHashAndReset())[..16];
    }

    /// <summary>Checks one frame with sums of its own (16 bits at a time, RFC 1071).</summary>
    private static void CheckFrame(ReadOnlySpan<byte> frame)
    {
        int at = 12;
        while (U16(frame, at) is 0x8100 or 0x88A8)
            at += 4;
        var packet = frame[(at + 2)..];
        ReadOnlySpan<byte> addresses;
        int header, protocol, length;
        if (U16(frame, at) == 0x0800)
        {
            header = (packet[0] & 15) * 4;
            (protocol, length) = (packet[9], U16(packet, 2));
            addresses = packet[12..20];
            Assert.Equal(0xFFFF, Sum(packet[..header]));
        }
        else
        {
            Assert.Equal(0x86DD, U16(frame, at));
            (header, protocol, length) = (40, packet[6], U16(packet, 4) + 40);
            addresses = packet[8..40];
            if (protocol == 0)
                (header, protocol) = (header + 8 + packet[41] * 8, packet[40]);
        }
        Assert.True(packet.Length == length || frame.Length == TrafficSpec.MinFrame && packet.Length > length);
        var segment = packet[header..length];
        byte[] pseudo = protocol == 1 ? [] : [.. addresses, 0, (byte)protocol, (byte)(segment.Length >> 8), (byte)segment.Length];
        Assert.Equal(0xFFFF, Sum([.. pseudo, .. segment]));
        if (protocol == 17)
            Assert.Equal(segment.Length, U16(segment, 4));
    }

    private static int Sum(ReadOnlySpan<byte> bytes)
    {
        int sum = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += i % 2 == 0 ? bytes[i] << 8 : bytes[i];
            sum = (sum & 0xFFFF) + (sum >> 16);
        }
        return sum;
    }

    private static int U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
}
