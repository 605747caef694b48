using System.Buffers.Binary;
using System.Net;

namespace Headrace.Ports.Tests;

public unsafe class ToeplitzTests
{
    // Microsoft, "Verifying the RSS Hash Calculation": destination, source, hash with ports, hash of the addresses.
    [Theory]
    [InlineData("161.142.100.80:1766", "66.9.149.187:2794", 0x51ccc178, 0x323e8fc2)]
    [InlineData("65.69.140.83:4739", "199.92.111.2:14230", 0xc626b0ea, 0xd718262a)]
    [InlineData("12.22.207.184:38024", "24.19.198.95:12898", 0x5c2b394a, 0xd2d0a5de)]
    [InlineData("209.142.163.6:2217", "38.27.205.30:48228", 0xafc7327f, 0x82989176)]
    [InlineData("202.188.127.2:1303", "153.39.163.191:44251", 0x10e828a2, 0x5d1809c5)]
    [InlineData("[3ffe:2501:200:3::1]:1766", "[3ffe:2501:200:1fff::7]:2794", 0x40207d3d, 0x2cc18cd5)]
    [InlineData("[ff02::1]:4739", "[3ffe:501:8::260:97ff:fe40:efab]:14230", 0xdde51bbf, 0x0f0c461c)]
    [InlineData("[fe80::200:f8ff:fe21:67cf]:38024", "[3ffe:1900:4545:3:200:f8ff:fe21:67cf]:44251", 0x02d1feef, 0x4b61e985)]
    public void Hashes_are_those_of_the_specification(string destination, string source, uint withPorts, uint addressesOnly)
    {
        var hash = new Toeplitz(Toeplitz.StandardKey);
        (IPEndPoint to, IPEndPoint from) = (IPEndPoint.Parse(destination), IPEndPoint.Parse(source));
        byte[] tcp = Packet(from, to, protocol: 6), other = Packet(from, to, protocol: 47);
        Assert.Equal(withPorts, Of(hash, tcp));
        Assert.Equal(addressesOnly, Of(hash, other));
        Assert.Equal(withPorts, Of(hash, [.. tcp[..12], 0x88, 0xa8, 0, 1, 0x81, 0, 0, 7, .. tcp[12..]]));
        byte[] input = [.. from.Address.GetAddressBytes(), .. to.Address.GetAddressBytes()];
        Assert.Equal(addressesOnly, hash.Hash(input));
    }

    [Fact]
    public void Both_directions_meet_under_the_symmetric_key()
    {
        var hash = new Toeplitz(Toeplitz.SymmetricKey);
        var random = new Random(3);
        var seen = new HashSet<uint>();
        for (int i = 0; i < 1000; i++)
        {
            byte[] bytes = new byte[8];
            random.NextBytes(bytes);
            var left = new IPEndPoint(new IPAddress(bytes[..4]), random.Next(65536));
            var right = new IPEndPoint(new IPAddress(bytes[4..]), random.Next(65536));
            uint there = Of(hash, Packet(left, right, 17));
            Assert.Equal(there, Of(hash, Packet(right, left, 17)));
            seen.Add(there);
        }
        Assert.InRange(seen.Count, 900, 1000);
    }

    [Fact]
    public void Fragments_of_a_packet_stay_together()
    {
        var hash = new Toeplitz(Toeplitz.StandardKey);
        byte[] first = Packet(IPEndPoint.Parse("10.0.0.1:5"), IPEndPoint.Parse("10.0.0.2:6"), 17);
        first[20] = 0x20; // more fragments
        byte[] second = [.. first];
        (second[20], second[21]) = (0, 64);
        second[34] = 99;
        Assert.Equal(Of(hash, first), Of(hash, second));
    }

    [Fact]
    public void Whatever_the_bytes_nothing_beyond_them_is_read()
    {
        var hash = new Toeplitz(Toeplitz.StandardKey);
        var random = new Random(11);
        byte[] whole = Packet(IPEndPoint.Parse("[fe80::1]:5"), IPEndPoint.Parse("[fe80::2]:6"), 17);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] packet = whole[..random.Next(whole.Length + 1)];
            if (packet.Length > 14)
                packet[random.Next(12, packet.Length)] = (byte)random.Next(256);
            // The same packet in front of other bytes has the same hash when only its own are read.
            byte[] other = new byte[packet.Length + 64];
            random.NextBytes(other);
            packet.CopyTo(other, 0);
            fixed (byte* one = (byte[])[.. packet, .. new byte[64]], two = other)
                Assert.Equal(hash.HashPacket(one, packet.Length), hash.HashPacket(two, packet.Length));
        }
    }

    private static uint Of(Toeplitz hash, byte[] packet)
    {
        fixed (byte* bytes = packet)
            return hash.HashPacket(bytes, packet.Length);
    }

    private static byte[] Packet(IPEndPoint from, IPEndPoint to, byte protocol)
    {
        byte[] source = from.Address.GetAddressBytes(), destination = to.Address.GetAddressBytes();
        byte[] ports = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(ports, (ushort)from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(ports.AsSpan(2), (ushort)to.Port);
        byte[] ip = source.Length == 4
            ? [0x45, 0, 0, 24, 0, 0, 0, 0, 64, protocol, 0, 0, .. source, .. destination]
            : [0x60, 0, 0, 0, 0, 4, protocol, 64, .. source, .. destination];
        return [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, .. source.Length == 4 ? (byte[])[8, 0] : [0x86, 0xdd], .. ip, .. ports];
    }
}
