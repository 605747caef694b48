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
            if (Stopwatch.GetElapsedTime(start) > Patience)
                Assert.Fail(otherwise());
            Thread.Sleep(1);
        }
    }

    public static void UntilUp(params IPacketPort[] ports)
    {
        foreach (IPacketPort port in ports)
            Until(() => port.DownReason is null, () => $"{port.Spec}: {port.DownReason}");
    }

    /// <summary>Sends single frames to a peer that returns frames until one comes back at once.</summary>
    /// <remarks>A peer that starts up may take frames before it can send any (net_vhost lets its receive queues in first), and drops them. Order is
    /// kept, so when the last frame sent is back, all before it are back or lost.</remarks>
    public static void UntilReturned(PacketQueue queue, Func<string> peer)
    {
        using var source = new FrameSource(_ => 60);
        using var frames = new FrameArray(FrameSource.Burst);
        long start = Stopwatch.GetTimestamp(), last = -1;
        while (last < source.Next - 1 || source.Next == 0)
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
                Assert.Fail($"{source.Next} frames were sent one by one and the last that came back is {last}\n{peer()}");
            source.SendTo(queue, 1);
            long sent = Stopwatch.GetTimestamp();
            while (last < source.Next - 1 && Stopwatch.GetElapsedTime(sent) < TimeSpan.FromMilliseconds(200))
            {
                int count = queue.Receive(frames.Frames, frames.Capacity);
                if (count > 0)
                    last = FrameSource.NumberOf(frames.Frames + count - 1);
                queue.Release(frames.Frames, count);
                queue.Flush();
                Thread.Yield();
            }
        }
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
            // Never more under way than the window: a peer drops what the ring to us has no room for, and rightly so.
            long room = Math.Min(packets - sent, window - (sent - received));
            if (room > 0)
                source.SendTo(from, (int)Math.Min(FrameSource.Burst, room));
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
            else
                Thread.Yield(); // the peer may wait for this processor
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
