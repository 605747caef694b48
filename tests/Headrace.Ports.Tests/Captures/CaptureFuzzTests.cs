using Headrace.Testing;

namespace Headrace.Ports.Tests;

public class CaptureFuzzTests(ITestOutputHelper output)
{
    private const int Cases = 40_000;
    private const int Longest = 6000;
    private const long MemoryBound = 4 * CaptureReader.MaxBlockLength;

    [Fact]
    public void Mutated_captures_end_in_packets_or_a_capture_error_within_bounded_memory()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("HEADRACE_SEED"), out int given) ? given : Random.Shared.Next();
        output.WriteLine($"HEADRACE_SEED={seed}");
        var random = new Random(seed);
        var originals = Originals();
        int refused = 0, packets = 0;
        for (int i = 0; i < Cases; i++)
        {
            byte[] capture = Mutate(originals[random.Next(originals.Count)], random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            refused += Read(capture, ref packets, seed, i) ? 0 : 1;
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= MemoryBound, $"case {i} of HEADRACE_SEED={seed} took {allocated} bytes for a capture of {capture.Length}: {Convert.ToHexString(capture)}");
        }
        output.WriteLine($"{Cases} cases: {refused} refused, {packets} packets");
        // A run that refuses all or none has stopped testing anything.
        Assert.InRange(refused, Cases / 10, Cases * 99 / 100);
        Assert.True(packets > Cases / 4, $"{packets} packets in {Cases} cases");
    }

    /// <summary>False when the capture was refused; anything but a capture error fails the test with the bytes.</summary>
    private static bool Read(byte[] capture, ref int packets, int seed, int index)
    {
        try
        {
            using var reader = CaptureReader.Open(new MemoryStream(capture), "fuzz");
            while (reader.TryRead(out var packet))
            {
                Assert.InRange(packet.Data.Length, 0, CaptureReader.MaxPacketLength);
                packets++;
            }
            return true;
        }
        catch (CaptureException error)
        {
            Assert.InRange(error.Offset, 0, capture.Length);
            return false;
        }
        catch (Exception error) when (error is not Xunit.Sdk.IAssertionException)
        {
            throw new InvalidOperationException($"case {index} of HEADRACE_SEED={seed}, capture {Convert.ToHexString(capture)}", error);
        }
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (int change = random.Next(1, 6); change > 0 && bytes.Count > 8; change--)
        {
            int at = random.Next(2) == 0 ? random.Next(Math.Min(bytes.Count, 200)) : random.Next(bytes.Count);
            switch (random.Next(7))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at)); break;
                case 3: bytes.InsertRange(at, Enumerable.Repeat((byte)random.Next(256), random.Next(1, 20))); break;
                case 4: bytes.RemoveRange(at, bytes.Count - at); break;
                case 5: SetWord(bytes, at & ~3, Interesting(random)); break;
                default: bytes.InsertRange(at & ~3, bytes.GetRange(0, Math.Min(bytes.Count, 64))); break;
            }
        }
        return [.. bytes];
    }

    private static void SetWord(List<byte> bytes, int at, uint value)
    {
        for (int i = 0; i < 4 && at + i < bytes.Count; i++)
            bytes[at + i] = (byte)(value >> (8 * i));
    }

    private static uint Interesting(Random random)
    {
        uint[] values = [0, 1, 3, 4, 8, 11, 12, 16, 28, 32, 65_535, 65_536, 262_144, 262_145, 1 << 20, (1 << 20) + 4, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFC, 0xFFFF_FFFF];
        return values[random.Next(values.Length)];
    }

    private static List<byte[]> Originals()
    {
        byte[] payload = [.. Enumerable.Range(0, 90).Select(i => (byte)i)];
        var originals = new List<byte[]>();
        foreach (bool bigEndian in (bool[])[false, true])
        {
            var bytes = new CaptureBytes(bigEndian);
            originals.Add(bytes.Body.PcapHeader().PcapPacket(1, 2, payload).PcapPacket(3, 4, payload).ToArray());
            originals.Add(bytes.Body.PcapHeader(nanoseconds: true, linkType: 113).PcapPacket(1, 2, payload).PcapPacket(3, 4, []).ToArray());
            originals.Add(bytes.Body.Section().Interface(options: bytes.Body.Option(9, [9]).Option(14, new byte[8]).Option(0, []))
                .Enhanced(0, 1, payload, options: bytes.Body.Option(1, "comment")).Simple(90, payload).Obsolete(0, 9, payload)
                .Block(5, bytes.Body.Raw(payload)).Section().Interface().Enhanced(0, 2, payload).ToArray());
        }
        // Real ones where they are at hand: their beginnings, so that a case takes microseconds.
        if (SharedData.Folder is { } folder)
        {
            foreach (string path in Directory.GetFiles(Path.Combine(folder, "pcaps")).Order(StringComparer.Ordinal))
                originals.Add(File.ReadAllBytes(path)[..(int)Math.Min(Longest, new FileInfo(path).Length)]);
        }
        return originals;
    }
}
