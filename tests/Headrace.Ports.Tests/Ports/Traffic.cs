namespace Headrace.Ports.Tests;

/// <summary>Moves frames between ports by hand and compares their bytes.</summary>
internal static unsafe class Traffic
{
    // A wire takes 256 frames that its other end has not looked at, then loses some.
    private const int UnderWay = 128;

    /// <summary>Sends packets of a source through one port and expects them, in order and unchanged, from another.</summary>
    /// <returns>How many arrived whole.</returns>
    public static int Carry(string source, PacketQueue from, IReadOnlyList<PacketQueue> to, int burst = 32)
    {
        using IPacketPort generator = PortKinds.Open(source), reference = PortKinds.Open(source);
        using var frames = new FrameArray(burst);
        using var expected = new FrameArray(1);
        int sent = 0, arrived = 0;
        bool more = true;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while ((more || arrived < sent) && clock.Elapsed < NumberedTraffic.Patience)
        {
            bool maySend = sent - arrived < UnderWay;
            int count = more && maySend ? generator.Queues[0].Receive(frames.Frames, burst) : 0;
            more &= count > 0 || !maySend;
            if (count > 0)
            {
                from.Send(generator.Queues[0], frames.Frames, count);
                sent += count;
                clock.Restart();
            }
            from.Flush();
            foreach (PacketQueue queue in to)
            {
                int received = queue.Receive(frames.Frames, burst);
                for (int i = 0; i < received; i++, arrived++)
                {
                    Assert.Equal(1, reference.Queues[0].Receive(expected.Frames, 1));
                    var got = new ReadOnlySpan<byte>(frames.Frames[i].Data, frames.Frames[i].Length);
                    var want = new ReadOnlySpan<byte>(expected.Frames->Data, expected.Frames->Length);
                    Assert.True(got.SequenceEqual(want), $"packet {arrived}: {got.Length} bytes instead of {want.Length}, alike up to byte {got.CommonPrefixLength(want)}: {Convert.ToHexString(got[..Math.Min(got.Length, 64)])}");
                    Assert.True(frames.Frames[i].HardStart <= frames.Frames[i].Data - 14, "headroom");
                    Assert.True(frames.Frames[i].End <= frames.Frames[i].HardEnd, "end");
                    reference.Queues[0].Release(expected.Frames, 1);
                }
                queue.Release(frames.Frames, received);
                queue.Flush();
                if (received > 0)
                    clock.Restart();
            }
        }
        return arrived;
    }

    /// <summary>Receives until as many came as are expected, and then nothing for a moment; how many there were.</summary>
    public static int Await(IReadOnlyList<PacketQueue> queues, int expected) => Await(queues, total => total >= expected);

    /// <summary>Receives until that is all, and then nothing for a moment; how many there were.</summary>
    public static int Await(IReadOnlyList<PacketQueue> queues, Func<int, bool> isAll)
    {
        int total = 0;
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); !isAll(total) && clock.Elapsed < NumberedTraffic.Patience;)
        {
            int count = Drain(queues, 1);
            total += count;
            if (count > 0)
                clock.Restart();
        }
        return total + Drain(queues, 20);
    }

    /// <summary>Receives until nothing came for a while; how many there were. What is still on its way is not waited for.</summary>
    public static int Drain(IReadOnlyList<PacketQueue> queues, int milliseconds = 50)
    {
        using var frames = new FrameArray(64);
        int total = 0;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (clock.ElapsedMilliseconds < milliseconds)
        {
            foreach (PacketQueue queue in queues)
            {
                int count = queue.Receive(frames.Frames, 64);
                queue.Release(frames.Frames, count);
                total += count;
                if (count > 0)
                    clock.Restart();
            }
        }
        return total;
    }
}
