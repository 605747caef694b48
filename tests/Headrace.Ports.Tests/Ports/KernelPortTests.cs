namespace Headrace.Ports.Tests;

public sealed class KernelPortTests : IDisposable
{
    private const string Packets = "gen:packets=3000,flows=20,sizes=60-1514,ipv6=20,vlan=20,qinq=10,seed=5";

    private readonly List<IDisposable> _owned = [];

    [Theory]
    [InlineData("afxdp", "packet")]
    [InlineData("packet", "afxdp")]
    [InlineData("packet", "packet")]
    [InlineData("afxdp", "afxdp")]
    [InlineData("afxdp", "generic")]
    public void Frames_cross_a_wire_whole_and_in_order(string left, string right)
    {
        RequiresNetwork.OrSkip();
        VethPair wire = Own(new VethPair());
        IPacketPort from = Open(left, wire.Left), to = Open(right, wire.Right);
        Assert.Equal(3000, Traffic.Carry(Packets, from.Queues[0], to.Queues));
        PortStatistics sent = from.ReadStatistics(), received = to.ReadStatistics();
        Assert.Equal((3000, 3000), (sent.Sent, received.Received));
        Assert.Equal(sent.SentBytes, received.ReceivedBytes);
        Assert.Empty(sent.Refused);
        Assert.Empty(received.Missed);
        from.Queues[0].Flush();
        Assert.Equal(0, from.Queues[0].Unsent);
    }

    [Fact]
    public void Afxdp_counts_what_the_kernel_drops_before_a_full_ring()
    {
        RequiresNetwork.OrSkip();
        VethPair wire = Own(new VethPair());
        IPacketPort from = Open("packet", wire.Left), to = Own(PortKinds.Open($"afxdp:{wire.Right},ring=64"));
        IPacketPort source = Own(PortKinds.Open("null:size=60"));
        Push(source, from, 1000);
        TakeAfterLoss(to, 1000);
    }

    [Fact]
    public void Packet_sockets_count_what_the_kernel_drops_before_a_full_ring()
    {
        RequiresNetwork.OrSkip();
        VethPair wire = Own(new VethPair());
        IPacketPort from = Open("packet", wire.Left), to = Own(PortKinds.Open($"packet:{wire.Right},blocks=2,block=65536,timeout=1000"));
        IPacketPort source = Own(PortKinds.Open("null:size=1000"));
        Push(source, from, 1000);
        TakeAfterLoss(to, 1000);
    }

    [Fact]
    public void Fanout_shares_an_interface_between_queues()
    {
        RequiresNetwork.OrSkip();
        VethPair wire = Own(new VethPair());
        IPacketPort from = Open("packet", wire.Left), to = Own(PortKinds.Open($"packet:{wire.Right},queues=3,fanout=lb"));
        IPacketPort source = Own(PortKinds.Open("null:size=60"));
        Push(source, from, 300);
        Assert.Equal(300, Traffic.Await(to.Queues, 300));
        Assert.All(to.Queues, queue => Assert.InRange(queue.Counters.Received, 90, 110));
    }

    [Theory]
    [InlineData("packet", "packet")]
    [InlineData("packet", "afxdp")]
    [InlineData("afxdp", "packet")]
    [InlineData("afxdp", "afxdp")]
    [InlineData("afxdp", "generic")]
    public void Packets_longer_than_a_page_cross_a_wire_whole(string left, string right)
    {
        RequiresNetwork.OrSkip();
        VethPair wire = Own(new VethPair(mtu: 9000));
        IPacketPort from = Open(left, wire.Left), to = Open(right, wire.Right);
        Assert.Equal(1000, Traffic.Carry("gen:packets=1000,sizes=60-9014,seed=2", from.Queues[0], to.Queues, burst: 16));
        PortStatistics sent = from.ReadStatistics(), received = to.ReadStatistics();
        Assert.Equal((1000, 1000), (sent.Sent, received.Received));
        Assert.Equal(sent.SentBytes, received.ReceivedBytes);
    }

    [Fact]
    public void Long_packets_go_from_one_afxdp_port_to_another_and_leak_nothing()
    {
        RequiresNetwork.OrSkip();
        VethPair left = Own(new VethPair(mtu: 9000)), right = Own(new VethPair(mtu: 9000));
        IPacketPort outer = Open("packet", left.Left), end = Open("packet", right.Right);
        var options = new PortOptions { Ports = 2 };
        IPacketPort one = Own(PortKinds.Open($"afxdp:{left.Right}", options)), two = Own(PortKinds.Open($"afxdp:{right.Left}", options));
        Assert.Same(one.Queues[0].Memory, two.Queues[0].Memory);
        Assert.Equal(9018, one.Capabilities.MaxFrame);
        IPacketPort source = Own(PortKinds.Open("null:size=9000"));
        int arrived = 0;
        // More packets than there are buffers of either kind.
        for (int round = 0; round < 100; round++)
        {
            Push(source, outer, 50);
            Forward(one.Queues[0], two.Queues[0], 50);
            arrived += Traffic.Drain(end.Queues, 2);
        }
        arrived += Traffic.Await(end.Queues, 5000 - arrived);
        Assert.Equal(5000, arrived);
        Assert.Equal((5000, 5000 * 9000), (two.ReadStatistics().Sent, two.ReadStatistics().SentBytes));
    }

    [Fact]
    public unsafe void A_long_packet_that_finds_no_buffer_is_counted()
    {
        RequiresNetwork.OrSkip();
        VethPair wire = Own(new VethPair(mtu: 9000));
        IPacketPort from = Open("packet", wire.Left), to = Open("afxdp", wire.Right), source = Own(PortKinds.Open("null:size=9000"));
        using var held = new FrameArray(512);
        int got = 0;
        bool IsAll() => got + to.ReadStatistics().Missed.GetValueOrDefault("no buffer to join its pieces") >= 400;
        for (int round = 0; round < 8; round++)
        {
            Push(source, from, 50);
            for (var clock = System.Diagnostics.Stopwatch.StartNew(); clock.ElapsedMilliseconds < 20;)
                got += to.Queues[0].Receive(held.Frames + got, 512 - got);
        }
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); !IsAll() && clock.Elapsed < NumberedTraffic.Patience;)
            got += to.Queues[0].Receive(held.Frames + got, 512 - got);
        Assert.Equal((256, 144), (got, to.ReadStatistics().Missed.GetValueOrDefault("no buffer to join its pieces")));
        to.Queues[0].Release(held.Frames, got);
        Push(source, from, 50);
        Assert.Equal(50, Traffic.Await(to.Queues, 50));
    }

    [Fact]
    public void Two_afxdp_ports_of_one_loop_send_without_a_copy()
    {
        RequiresNetwork.OrSkip();
        VethPair left = Own(new VethPair()), right = Own(new VethPair());
        IPacketPort outer = Open("packet", left.Left), end = Open("packet", right.Right);
        var options = new PortOptions { Ports = 2 };
        IPacketPort one = Own(PortKinds.Open($"afxdp:{left.Right}", options)), two = Own(PortKinds.Open($"afxdp:{right.Left}", options));
        Assert.Same(one.Queues[0].Memory, two.Queues[0].Memory);
        IPacketPort source = Own(PortKinds.Open("null:size=60"));
        int arrived = 0;
        // More packets than there are buffers: none may leak.
        for (int round = 0; round < 200; round++)
        {
            Push(source, outer, 100);
            Forward(one.Queues[0], two.Queues[0], 100);
            arrived += Traffic.Drain(end.Queues, 2);
        }
        arrived += Traffic.Await(end.Queues, 20_000 - arrived);
        Assert.Equal(20_000, arrived);
        Assert.Equal(20_000, two.ReadStatistics().Sent);
    }

    [Fact]
    public void An_interface_that_is_down_refuses_and_comes_back()
    {
        RequiresNetwork.OrSkip();
        VethPair wire = Own(new VethPair());
        IPacketPort port = Own(PortKinds.Open($"afxdp:{wire.Left},ring=64")), end = Open("packet", wire.Right);
        IPacketPort source = Own(PortKinds.Open("null:size=60"));
        RequiresNetwork.Run($"ip link set {wire.Left} down");
        for (int i = 0; i < 4; i++)
            Push(source, port, 64);
        Assert.NotNull(port.DownReason);
        PortStatistics statistics = port.ReadStatistics();
        Assert.Equal(256, statistics.Sent + statistics.Refused.GetValueOrDefault(RefusalCause.Down) + statistics.Refused.GetValueOrDefault(RefusalCause.RingFull));
        Assert.True(statistics.Refused.GetValueOrDefault(RefusalCause.Down) > 0);
        RequiresNetwork.Run($"ip link set {wire.Left} up");
        var clock = System.Diagnostics.Stopwatch.StartNew();
        int arrived = 0;
        while (port.Queues[0].Unsent > 0 && clock.Elapsed < NumberedTraffic.Patience)
        {
            port.Queues[0].Flush();
            arrived += Traffic.Drain(end.Queues, 5);
        }
        arrived += Traffic.Await(end.Queues, arrived > 0 ? 0 : 1);
        Assert.Equal(0, port.Queues[0].Unsent);
        Assert.Null(port.DownReason);
        Assert.True(arrived > 0);
    }

    [Fact]
    public void A_tap_is_an_interface_of_the_kernel()
    {
        RequiresNetwork.OrSkip();
        Assert.SkipUnless(File.Exists("/dev/net/tun"), "/dev/net/tun is missing");
        string name = VethPair.NextName();
        IPacketPort tap = Own(PortKinds.Open($"tap:{name},mtu=9000"));
        File.WriteAllText($"/proc/sys/net/ipv6/conf/{name}/disable_ipv6", "1");
        RequiresNetwork.Run($"ip link set {name} arp off");
        Traffic.Drain(tap.Queues);
        IPacketPort kernel = Open("packet", name);
        const string Source = "gen:packets=2000,sizes=60-9014,vlan=20,seed=4";
        Assert.Equal(2000, Traffic.Carry(Source, tap.Queues[0], kernel.Queues));
        Assert.Equal(2000, Traffic.Carry(Source, kernel.Queues[0], tap.Queues));
        Assert.Equal(9018, tap.Capabilities.MaxFrame);
    }

    [Theory]
    [InlineData("afxdp:nosuch0", "there is no interface 'nosuch0' here; there are: ")]
    [InlineData("packet:nosuch0", "there is no interface 'nosuch0' here; there are: ")]
    [InlineData("afxdp:lo,queue=7", "interface lo has 1 receive queue: 0 to 0")]
    [InlineData("afxdp:lo,copy,zerocopy", "copy or zerocopy: one of them")]
    [InlineData("afxdp:lo,mode=fast", "'mode=fast': auto or native or generic is wanted")]
    [InlineData("afxdp:lo,zerocopy", "bind(AF_XDP) failed: EOPNOTSUPP")]
    [InlineData("tap:a/b", "'a/b' is no name for an interface")]
    [InlineData("tap:lo", "TUNSETIFF failed: EINVAL")]
    public void What_cannot_be_opened_says_why(string spec, string reason)
    {
        RequiresNetwork.OrSkip();
        Assert.Contains(reason, Assert.Throws<PortException>(() => PortKinds.Open(spec).Dispose()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_afxdp_port_on_an_interface_is_refused_and_the_first_goes_on()
    {
        RequiresNetwork.OrSkip();
        VethPair wire = Own(new VethPair());
        IPacketPort first = Open("afxdp", wire.Right), from = Open("packet", wire.Left);
        Assert.Contains("EBUSY", Assert.Throws<PortException>(() => PortKinds.Open($"afxdp:{wire.Right}")).Message, StringComparison.Ordinal);
        Assert.Equal(100, Traffic.Carry("gen:packets=100", from.Queues[0], first.Queues));
    }

    public void Dispose()
    {
        for (int i = _owned.Count - 1; i >= 0; i--)
            _owned[i].Dispose();
    }

    private IPacketPort Open(string kind, string name) =>
        Own(PortKinds.Open(kind == "generic" ? $"afxdp:{name},mode=generic" : $"{kind}:{name}"));

    private T Own<T>(T owned) where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    // Nobody takes anything before the ring is full.
    private static void TakeAfterLoss(IPacketPort port, int sent)
    {
        NumberedTraffic.Until(() => Missed() > 0, () => "nothing was lost");
        int taken = Traffic.Await(port.Queues, total => total + Missed() >= sent);
        Assert.InRange(taken, 1, sent - 1);
        Assert.Equal(sent, taken + Missed());

        long Missed() => port.ReadStatistics().Missed.Values.Sum();
    }

    private static unsafe void Push(IPacketPort source, IPacketPort to, int count)
    {
        using var frames = new FrameArray(count);
        Assert.Equal(count, source.Queues[0].Receive(frames.Frames, count));
        to.Queues[0].Send(source.Queues[0], frames.Frames, count);
        to.Queues[0].Flush();
    }

    private static unsafe void Forward(PacketQueue from, PacketQueue to, int wanted)
    {
        using var frames = new FrameArray(64);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (int moved = 0; moved < wanted && clock.Elapsed < NumberedTraffic.Patience;)
        {
            int count = from.Receive(frames.Frames, 64);
            to.Send(from, frames.Frames, count);
            to.Flush();
            from.Flush();
            moved += count;
        }
    }
}
