using Headrace.Engine;

namespace Headrace.Ports.Tests;

/// <summary>DPDK in this process. EAL starts once, so every test adds devices to the same one.</summary>
public sealed unsafe class DpdkPortTests
{
    private const string Eal = "--no-huge -m 128 --no-pci";

    private static readonly Lock s_lock = new();
    private static bool s_isStarted;

    [Fact]
    public void Frames_sent_to_a_ring_device_come_back()
    {
        using var port = Open("net_ring_loop");
        Assert.Equal(256, port.Capabilities.Headroom);
        NumberedTraffic.OneWay(port.Queues[0], port.Queues[0], 100_000, NumberedTraffic.Lengths(22, 1514), window: 200);
    }

    [Fact]
    public void Frames_go_on_without_a_copy_and_may_grow_into_all_of_the_headroom()
    {
        using var port = Open("net_ring_grow");
        using var source = new FrameSource(_ => 100);
        using var frames = new FrameArray(8);
        PacketQueue queue = port.Queues[0];
        source.SendTo(queue, 8);
        Assert.Equal(0, source.Lent);
        Assert.Equal(8, queue.Receive(frames.Frames, 8));
        var places = new nint[8];
        for (int i = 0; i < 8; i++)
        {
            Frame* frame = frames.Frames + i;
            Assert.Equal(256, frame->Data - frame->HardStart);
            places[i] = (nint)frame->Data;
            frame->Data -= i < 4 ? 100 : 256;
            frame->Meta = frame->Data;
            new Span<byte>(frame->Data, frame->Length - 100).Fill((byte)i);
        }
        queue.Send(queue, frames.Frames, 8);
        Assert.Equal(8, queue.Receive(frames.Frames, 8));
        for (int i = 0; i < 8; i++)
        {
            Frame* frame = frames.Frames + i;
            int grown = i < 4 ? 100 : 256;
            Assert.Equal(100 + grown, frame->Length);
            Assert.True(new ReadOnlySpan<byte>(frame->Data, grown).IndexOfAnyExcept((byte)i) < 0);
            frame->Data += grown;
            Assert.Null(source.Check(frame));
            Assert.Equal(i < 4, (nint)frame->Data == places[i]);
        }
        queue.Release(frames.Frames, 8);
    }

    [Fact]
    public void Dpdks_memif_in_this_process_meets_ours()
    {
        string socket = Path.Combine(Path.GetTempPath(), $"headrace-dpdk-{Guid.NewGuid():N}");
        using var ours = PortKinds.Open($"memif:{socket},role=server");
        using var theirs = Open($"net_memif_ours,role=client,socket={socket},socket-abstract=no");
        NumberedTraffic.UntilUp(ours, theirs);
        NumberedTraffic.OneWay(ours.Queues[0], theirs.Queues[0], 50_000, NumberedTraffic.Lengths(22, 1514), window: 500);
        NumberedTraffic.OneWay(theirs.Queues[0], ours.Queues[0], 50_000, NumberedTraffic.Lengths(22, 1514), window: 500);
    }

    [Fact]
    public void A_packet_in_several_mbufs_that_finds_no_buffer_is_counted()
    {
        const int Sent = 100;
        string capture = Path.Combine(Path.GetTempPath(), $"headrace-dpdk-{Guid.NewGuid():N}.pcap");
        using (var writer = CaptureWriter.Create(capture))
        {
            for (int i = 0; i < Sent; i++)
                writer.Write(0, Enumerable.Repeat((byte)i, 5000).ToArray());
        }
        using var port = Open($"net_pcap_long,rx_pcap={capture},tx_pcap=/dev/null");
        using var frames = new FrameArray(Sent);
        int received = 0;
        NumberedTraffic.Until(() =>
        {
            received += port.Queues[0].Receive(frames.Frames + received, Sent - received);
            return received + Missed() == Sent;
        }, () => $"{Sent} sent, {received} received, {Missed()} missed");
        File.Delete(capture);
        Assert.True(received is > 0 and < Sent, $"{received} received and kept");
        for (int i = 0; i < received; i++)
            Assert.Equal(Enumerable.Repeat(frames.Frames[i].Data[0], 5000), new ReadOnlySpan<byte>(frames.Frames[i].Data, frames.Frames[i].Length).ToArray());
        port.Queues[0].Release(frames.Frames, received);

        long Missed() => port.ReadStatistics().Missed["no buffer for a packet in several mbufs"];
    }

    [Fact]
    public void The_endless_device_runs_dry_of_nothing()
    {
        using var port = Open("net_null_endless");
        using var frames = new FrameArray(256);
        long received = 0;
        for (int i = 0; i < 2000; i++)
        {
            int count = port.Queues[0].Receive(frames.Frames, 256);
            received += count;
            if (i % 2 == 0)
                port.Queues[0].Release(frames.Frames, count);
            else
                port.Queues[0].Send(port.Queues[0], frames.Frames, count);
        }
        Assert.True(received == 256 * 2000, $"{received} frames in 2000 bursts");
        Assert.Equal(received, port.Queues[0].Counters.Received);
        Assert.Equal(0, port.Queues[0].Counters.AllRefused);
    }

    [Theory]
    [InlineData("dpdk:net_nosuch", "DPDK has no device 'net_nosuch'; it has: ")]
    [InlineData("dpdk:--vdev=net_nosuch7", "DPDK cannot add the device 'net_nosuch7': ")]
    [InlineData("dpdk:-m 64", "'-m': DPDK runs already, started by an earlier port; only --vdev=... can be added")]
    [InlineData("dpdk:a b", "'b': before EAL's options there are a device's name, queues=N and ring=N")]
    [InlineData("dpdk:queues=0", "'queues=0': a whole number from 1 to 256 is wanted")]
    public void What_is_wrong_is_said(string spec, string message)
    {
        using (Open("net_null_before"))
        {
            var error = Assert.Throws<PortException>(() => PortKinds.Open(spec).Dispose());
            Assert.StartsWith(message, error.Reason, StringComparison.Ordinal);
        }
    }

    private static IPacketPort Open(string device)
    {
        PortKind kind = PortKinds.All.Single(kind => kind.Name == "dpdk");
        Assert.SkipUnless(kind.Obstacle().Length == 0, kind.Obstacle());
        string name = device.Split(',')[0];
        lock (s_lock)
        {
            string start = s_isStarted ? "" : Eal + " ";
            s_isStarted = true;
            return PortKinds.Open($"dpdk:{name} {start}--vdev={device}");
        }
    }
}
