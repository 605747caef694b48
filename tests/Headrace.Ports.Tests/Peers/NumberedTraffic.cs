using System.Diagnostics;

namespace Headrace.Ports.Tests;

/// <summary>Sends numbered frames through queues and checks what arrives: content, order, and that nothing is unaccounted for.</summary>
internal static unsafe class NumberedTraffic
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Waits until something holds.</summary>
    public static void Until(Func<bool> condition, Func<string> otherwise)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, otherwise());
            Thread.Sleep(1);
        }
    }

    public static void UntilUp(params IPacketPort[] ports)
    {
        foreach (IPacketPort port in ports)
            Until(() => port.DownReason is null, () => $"{port.Spec}: {port.DownReason}");
    }

    /// <summary>Sends frames into one queue until a number was taken; each that was taken must come out of the other, whole and in order.</summary>
    public static void OneWay(PacketQueue from, PacketQueue to, long packets, Func<long, int> length, int window = 4096, Func<string>? peer = null)
    {
        using var source = new FrameSource(length);
        using var frames = new FrameArray(FrameSource.Burst);
        long sentBefore = from.Counters.Sent, refusedBefore = from.Counters.AllRefused, received = 0, last = -1;
        long progress = Stopwatch.GetTimestamp();
        while (true)
        {
            long sent = from.Counters.Sent - sentBefore;
            if (sent < packets && sent - received < window)
                source.SendTo(from, (int)Math.Min(FrameSource.Burst, packets - sent));
            int count = to.Receive(frames.Frames, frames.Capacity);
            for (int i = 0; i < count; i++)
            {
                string? wrong = source.Check(frames.Frames + i);
                Assert.True(wrong is null, wrong);
                long number = FrameSource.NumberOf(frames.Frames + i);
                Assert.True(number > last, $"frame {number} came after frame {last}");
                last = number;
            }
            to.Release(frames.Frames, count);
            to.Flush();
            from.Flush();
            received += count;
            if (count > 0)
                progress = Stopwatch.GetTimestamp();
            sent = from.Counters.Sent - sentBefore;
            if (sent == packets && received == sent)
                break;
            if (Stopwatch.GetElapsedTime(progress) > Patience)
                Assert.Fail($"{sent} frames sent, {received} received, then nothing for {Patience.TotalSeconds} s; refused: {from.Counters.AllRefused}\n{peer?.Invoke()}");
        }
        Assert.Equal(0, source.Lent);
        Assert.Equal(source.Next, packets + from.Counters.AllRefused - refusedBefore);
    }

    /// <summary>Lengths of all sorts between two bounds, the same for the same number.</summary>
    public static Func<long, int> Lengths(int shortest, int longest) => number =>
        shortest + (int)((ulong)number * 0x9E3779B97F4A7C15 >> 33) % (longest - shortest + 1);
}
