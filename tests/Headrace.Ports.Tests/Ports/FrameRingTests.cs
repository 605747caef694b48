using Headrace.Engine;

namespace Headrace.Ports.Tests;

public unsafe class FrameRingTests
{
    [Fact]
    public void A_full_ring_takes_no_more_until_all_that_was_lent_is_back()
    {
        using var ring = new FrameRing(4, 100);
        using var burst = new PacketBurst(1);
        burst.Add(new byte[60]);
        for (int i = 0; i < 4; i++)
            Assert.True(ring.TryWrite(burst.Frames));
        Assert.False(ring.TryWrite(burst.Frames));
        using var lent = new FrameArray(8);
        Assert.Equal(0, ring.Read(lent.Frames, 8));
        ring.Publish();
        Assert.Equal(3, ring.Read(lent.Frames, 3));
        Assert.Equal(1, ring.Read(lent.Frames + 3, 5));
        ring.Release(3);
        Assert.False(ring.TryWrite(burst.Frames));
        ring.Release(1);
        Assert.True(ring.TryWrite(burst.Frames));
        Assert.Equal(0, ring.Count); // written, not yet published
    }

    [Fact]
    public void Packets_keep_metadata_headroom_and_description()
    {
        using var ring = new FrameRing(2, 1514);
        using var burst = new PacketBurst(1);
        burst.Add([.. Enumerable.Range(0, 1514).Select(i => (byte)i)], ingressIfindex: 7, rxQueue: 3, timestamp: 99);
        burst.Frames->Meta -= 8;
        *(ulong*)burst.Frames->Meta = 0x1122334455667788;
        burst.Frames->RedirectKey = 5;
        Assert.True(ring.TryWrite(burst.Frames));
        ring.Publish();
        using var lent = new FrameArray(1);
        Assert.Equal(1, ring.Read(lent.Frames, 1));
        Frame* frame = lent.Frames;
        Assert.True(burst[0].SequenceEqual(new ReadOnlySpan<byte>(frame->Data, frame->Length)));
        Assert.Equal(0x1122334455667788ul, *(ulong*)frame->Meta);
        Assert.Equal(PacketBurst.Headroom, frame->Data - frame->HardStart);
        Assert.Equal((7u, 3u, 99ul, 5u), (frame->IngressIfindex, frame->RxQueueIndex, frame->Timestamp, frame->RedirectKey));
    }

    [Fact]
    public void Two_threads_lose_and_change_nothing()
    {
        const int Packets = 200_000;
        using var ring = new FrameRing(64, 256);
        var writer = new Thread(() =>
        {
            using var burst = new PacketBurst(1);
            for (int i = 0; i < Packets; i++)
            {
                burst.Clear();
                byte[] packet = new byte[60 + i % 190];
                BitConverter.TryWriteBytes(packet, i);
                packet[^1] = (byte)i;
                burst.Add(packet);
                while (!ring.TryWrite(burst.Frames))
                {
                    ring.Publish();
                    Thread.Yield();
                }
                if (i % 7 == 0)
                    ring.Publish();
            }
            ring.Publish();
        });
        writer.Start();
        using var lent = new FrameArray(32);
        int next = 0, wrong = 0;
        while (next < Packets)
        {
            int count = ring.Read(lent.Frames, lent.Capacity);
            for (int i = 0; i < count; i++, next++)
            {
                var packet = new ReadOnlySpan<byte>(lent.Frames[i].Data, lent.Frames[i].Length);
                if (packet.Length != 60 + next % 190 || BitConverter.ToInt32(packet) != next || packet[^1] != (byte)next)
                    wrong++;
            }
            ring.Release(count);
            if (count == 0)
                Thread.Yield();
        }
        writer.Join();
        Assert.Equal(0, wrong);
        Assert.Equal(0, ring.Count);
    }
}
