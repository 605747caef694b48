using Headrace.Engine;

namespace Headrace.Ports.Tests;

public sealed unsafe class SimplePortTests : IDisposable
{
    private readonly FrameArray _frames = new(64);
    private readonly List<IPacketPort> _ports = [];
    private readonly List<string> _files = [];

    [Fact]
    public void Loop_carries_frames_to_the_other_end()
    {
        IPacketPort left = Open("loop:carries,queues=2"), right = Open("loop:carries,queues=2");
        (left.Ifindex, right.Ifindex) = (11, 12);
        IPacketPort source = Open("gen:packets=40,flows=3,sizes=60-1514");
        using var sent = new PacketBurst(64);
        int count = source.Queues[0].Receive(_frames.Frames, 40);
        Assert.Equal(40, count);
        for (int i = 0; i < count; i++)
            sent.Add(new ReadOnlySpan<byte>(_frames.Frames[i].Data, _frames.Frames[i].Length));
        left.Queues[1].Send(source.Queues[0], _frames.Frames, count);
        left.Queues[1].Flush();
        Assert.Equal(40, left.Queues[1].Unsent);

        Assert.Equal(0, right.Queues[0].Receive(_frames.Frames, 64));
        Assert.Equal(40, right.Queues[1].Receive(_frames.Frames, 64));
        for (int i = 0; i < 40; i++)
        {
            Assert.True(sent[i].SequenceEqual(new ReadOnlySpan<byte>(_frames.Frames[i].Data, _frames.Frames[i].Length)), $"frame {i}");
            Assert.Equal((12u, 1u), (_frames.Frames[i].IngressIfindex, _frames.Frames[i].RxQueueIndex));
            Assert.Equal(PacketBurst.Headroom, _frames.Frames[i].Data - _frames.Frames[i].HardStart);
        }
        right.Queues[1].Release(_frames.Frames, 40);
        Assert.Equal(0, left.Queues[1].Unsent);
        Assert.Equal(40, left.ReadStatistics().Sent);
        Assert.Equal(left.ReadStatistics().SentBytes, right.ReadStatistics().ReceivedBytes);
    }

    [Fact]
    public void Loop_counts_what_it_refuses_by_cause()
    {
        IPacketPort alone = Open("loop:refuses,ring=16,frame=600");
        Assert.Equal("the other end is not open", alone.DownReason);
        IPacketPort small = Open("null:size=60"), large = Open("null:size=700");
        Push(small, alone, 3);
        IPacketPort other = Open("loop:refuses,ring=16,frame=600");
        Assert.Null(alone.DownReason);
        Push(large, alone, 5);
        Push(small, alone, 20);
        PortStatistics statistics = alone.ReadStatistics();
        Assert.Equal(16, statistics.Sent);
        Assert.Equal(
            [new(RefusalCause.RingFull, 4), new(RefusalCause.TooLong, 5), new(RefusalCause.Down, 3)],
            statistics.Refused);
        Assert.Throws<PortException>(() => Open("loop:refuses,ring=16,frame=600"));
        // Every buffer came back to its owner.
        Assert.Equal(64, small.Queues[0].Receive(_frames.Frames, 64));
        small.Queues[0].Release(_frames.Frames, 64);
        other.Dispose();
        Assert.NotNull(alone.DownReason);
    }

    [Fact]
    public void Null_gives_frames_only_with_a_size_and_runs_out_of_buffers_when_they_do_not_come_back()
    {
        Assert.Equal(0, Open("null:").Queues[0].Receive(_frames.Frames, 64));
        PacketQueue endless = Open("null:size=64").Queues[0];
        int total = 0, count;
        while ((count = endless.Receive(_frames.Frames, 64)) > 0)
            total += count;
        Assert.Equal(1024, total);
        endless.Release(_frames.Frames, 64);
        Assert.Equal(64, endless.Receive(_frames.Frames, 64));
        Assert.Equal(64L * (1024 + 64), endless.Counters.ReceivedBytes);
    }

    [Fact]
    public void What_a_capture_port_writes_another_reads()
    {
        string file = Path.GetTempFileName();
        _files.Add(file);
        IPacketPort source = Open("gen:packets=500,seed=3"), writer = Open($"pcap:out={file}");
        int total = Move(source, writer);
        Assert.Equal(500, total);
        writer.Dispose();
        IPacketPort reader = Open($"pcap:in={file}"), again = Open("gen:packets=500,seed=3");
        using var other = new FrameArray(64);
        int compared = 0;
        while (reader.Queues[0].Receive(_frames.Frames, 50) is > 0 and var count)
        {
            Assert.Equal(count, again.Queues[0].Receive(other.Frames, count));
            for (int i = 0; i < count; i++, compared++)
            {
                Assert.True(new ReadOnlySpan<byte>(_frames.Frames[i].Data, _frames.Frames[i].Length)
                    .SequenceEqual(new ReadOnlySpan<byte>(other.Frames[i].Data, other.Frames[i].Length)), $"packet {compared}");
            }
            reader.Queues[0].Release(_frames.Frames, count);
            again.Queues[0].Release(other.Frames, count);
        }
        Assert.Equal(500, compared);
        Assert.Null(reader.DownReason);
    }

    [Fact]
    public void A_damaged_capture_ends_with_a_reason()
    {
        string file = Path.GetTempFileName();
        _files.Add(file);
        IPacketPort writer = Open($"pcap:out={file}");
        Move(Open("gen:packets=10"), writer);
        writer.Dispose();
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^3]);
        IPacketPort reader = Open($"pcap:in={file}");
        Assert.Equal(9, reader.Queues[0].Receive(_frames.Frames, 64));
        Assert.Contains("cut short", reader.DownReason, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_and_writing_the_same_capture_is_refused()
    {
        string file = Path.GetTempFileName();
        _files.Add(file);
        Assert.Throws<PortException>(() => Open($"pcap:in={file},out={file}"));
    }

    public void Dispose()
    {
        foreach (IPacketPort port in _ports)
            port.Dispose();
        _frames.Dispose();
        foreach (string file in _files)
            File.Delete(file);
    }

    private IPacketPort Open(string spec)
    {
        IPacketPort port = PortKinds.Open(spec);
        _ports.Add(port);
        return port;
    }

    private void Push(IPacketPort from, IPacketPort to, int count)
    {
        Assert.Equal(count, from.Queues[0].Receive(_frames.Frames, count));
        to.Queues[0].Send(from.Queues[0], _frames.Frames, count);
        to.Queues[0].Flush();
    }

    private int Move(IPacketPort from, IPacketPort to)
    {
        int total = 0;
        while (from.Queues[0].Receive(_frames.Frames, 64) is > 0 and var count)
        {
            to.Queues[0].Send(from.Queues[0], _frames.Frames, count);
            total += count;
        }
        return total;
    }
}
