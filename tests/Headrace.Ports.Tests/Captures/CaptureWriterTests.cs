namespace Headrace.Ports.Tests;

public class CaptureWriterTests
{
    [Theory]
    [InlineData(CapturePrecision.Nanoseconds, 1)]
    [InlineData(CapturePrecision.Microseconds, 1000)]
    public void What_is_written_is_read_again(CapturePrecision precision, uint unit)
    {
        var random = new Random(7);
        int[] lengths = [0, 1, 59, 60, 1514, 65_535, 65_536, CaptureReader.MaxPacketLength, 14, .. Enumerable.Range(0, 300).Select(_ => random.Next(2000))];
        var packets = lengths.Select((length, i) =>
        {
            byte[] data = new byte[length];
            random.NextBytes(data);
            return (Time: (ulong)random.NextInt64(4_000_000_000_000_000_000), Data: data, Original: (uint)(length + i));
        }).ToList();
        var stream = new MemoryStream();
        using (var writer = CaptureWriter.Create(stream, "memory", LinkType.Raw, precision))
        {
            foreach (var (time, data, original) in packets)
                writer.Write(time, data, original);
            Assert.Equal(packets.Count, writer.PacketsWritten);
        }

        using var reader = CaptureReader.Open(new MemoryStream(stream.ToArray()), "memory");
        foreach (var (time, data, original) in packets)
        {
            Assert.True(reader.TryRead(out var packet));
            Assert.Equal((time / unit * unit, original, LinkType.Raw), (packet.Timestamp, packet.OriginalLength, packet.LinkType));
            Assert.True(packet.Data.SequenceEqual(data));
        }
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void A_written_capture_copied_once_more_is_the_same_file()
    {
        byte[] first = Copy(new TrafficGenerator(TrafficSpec.Parse("packets=500,vlan=20,ipv6=30")));
        byte[] second = Copy(CaptureReader.Open(new MemoryStream(first), "first"));
        Assert.Equal(first, second);

        static byte[] Copy(PacketSource source)
        {
            var stream = new MemoryStream();
            using (source)
            using (var writer = CaptureWriter.Create(stream, "copy"))
            {
                while (source.TryRead(out var packet))
                    writer.Write(packet);
            }
            return stream.ToArray();
        }
    }

    [Fact]
    public void What_pcap_cannot_say_is_refused()
    {
        using var writer = CaptureWriter.Create(new MemoryStream(), "memory");
        Assert.Contains("32 bits", Assert.Throws<CaptureException>(() => writer.Write(ulong.MaxValue, [])).Message, StringComparison.Ordinal);
        Assert.Contains("262145 bytes", Assert.Throws<CaptureException>(() => writer.Write(0, new byte[262_145])).Message, StringComparison.Ordinal);
        Assert.Equal(0, writer.PacketsWritten);
    }

    [Fact]
    public void A_file_that_cannot_be_created_is_a_capture_error() =>
        Assert.Throws<CaptureException>(() => CaptureWriter.Create(Path.Combine(Path.GetTempPath(), "headrace-no-such-folder", "x.pcap")));
}
