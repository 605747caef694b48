using Headrace.Objects;
using Headrace.Testing;

namespace Headrace.Ports.Tests.Steering;

public sealed class SteeringTests : IDisposable
{
    private const string Packets = "gen:packets=2000,flows=100,sizes=60-600,ipv6=20,seed=8";

    private readonly List<IDisposable> _owned = [];
    private readonly VethPair _wire;
    private readonly IPacketPort _from;
    private readonly IPacketPort _bypass;
    private readonly IPacketPort _kernel;

    public SteeringTests()
    {
        RequiresNetwork.OrSkip();
        Assert.SkipUnless(FlowFilter.Obstacle.Length == 0, FlowFilter.Obstacle);
        _wire = Own(new VethPair());
        _from = Own(PortKinds.Open($"packet:{_wire.Left}"));
        _bypass = Own(PortKinds.Open($"afxdp:{_wire.Right}"));
        // A packet socket sees what XDP leaves to the kernel.
        _kernel = Own(PortKinds.Open($"packet:{_wire.Right}"));
    }

    [Fact]
    public void Only_the_flows_named_come_by_and_the_kernel_keeps_the_rest()
    {
        foreach (string[] flows in (string[][])[[], ["udp"], ["tcp dst port 80", "ip6 and udp"], ["icmp"], ["ip6"]])
        {
            FlowFilter[] filters = [.. flows.Select(FlowFilter.Compile)];
            ((ISteerable)_bypass).Steer(filters);
            int wanted = Count(Packets, filters);
            Send(Packets);
            Assert.Equal((wanted, 2000 - wanted), (Traffic.Await(_bypass.Queues, wanted), Traffic.Await(_kernel.Queues, 2000 - wanted)));
        }
    }

    [Theory, MemberData(nameof(FlowFilterTests.Expressions), MemberType = typeof(FlowFilterTests))]
    public void The_kernel_takes_every_filter_and_chooses_alike(string expression)
    {
        FlowFilter filter = FlowFilter.Compile(expression);
        ((ISteerable)_bypass).Steer([filter]);
        const string Some = "gen:packets=300,flows=100,sizes=60-1514,ipv6=20,vlan=20,options=10,seed=6";
        int wanted = Count(Some, [filter]);
        Send(Some);
        Assert.Equal((wanted, 300 - wanted), (Traffic.Await(_bypass.Queues, wanted), Traffic.Await(_kernel.Queues, 300 - wanted)));
    }

    [Fact]
    public void Flows_come_and_go_under_traffic_and_no_packet_is_lost()
    {
        FlowFilter udp = FlowFilter.Compile("udp"), tcp = FlowFilter.Compile("tcp");
        int sent = 0, bypassed = 0, left = 0;
        for (int round = 0; round < 60; round++)
        {
            var steering = new Thread(() => ((ISteerable)_bypass).Steer(round % 3 == 0 ? [udp] : round % 3 == 1 ? [udp, tcp] : []));
            steering.Start();
            do
            {
                Send("gen:packets=100,flows=10,sizes=60");
                sent += 100;
                Take();
            }
            while (!steering.Join(0));
        }
        NumberedTraffic.Until(() => Take() >= sent, () => $"{sent} sent, {bypassed} bypassed, {left} left");
        Assert.Equal(sent, bypassed + left);
        Assert.True(bypassed > 0 && left > 0, $"{bypassed} bypassed, {left} left");

        int Take() => (bypassed += Traffic.Drain(_bypass.Queues, 1)) + (left += Traffic.Drain(_kernel.Queues, 1));
    }

    [Fact]
    public void An_object_of_ones_own_can_steer()
    {
        CollectionSpec spec = CollectionSpec.Load(Path.Combine(Repository.Programs, "xsk.bpf.o"));
        // "keep" holds the destination ports whose packets stay with the kernel.
        spec.Maps["keep"].Entries.Add(new MapEntrySpec([0, 80], new byte[8]));
        ((ISteerable)_bypass).Steer(spec);
        int kept = Count(Packets, [FlowFilter.Compile("dst port 80")]);
        Assert.InRange(kept, 1, 1999);
        Send(Packets);
        Assert.Equal((2000 - kept, kept), (Traffic.Await(_bypass.Queues, 2000 - kept), Traffic.Await(_kernel.Queues, kept)));
        Assert.Contains("one XDP program with one xskmap", Assert.Throws<Headrace.Bytecode.HeadraceException>(
            () => ((ISteerable)_bypass).Steer(CollectionSpec.Load(Path.Combine(Repository.Programs, "drop.bpf.o")))).Message, StringComparison.Ordinal);
        Send("gen:packets=10,mix=icmp:100");
        Assert.Equal(10, Traffic.Await(_bypass.Queues, 10));
    }

    [Fact]
    public void Frames_given_to_the_stack_come_in_by_the_interface_itself()
    {
        Assert.SkipUnless(File.Exists("/dev/net/tun"), "/dev/net/tun is missing");
        PacketQueue stack = _bypass.StackQueues[0];
        Traffic.Drain(_kernel.Queues);
        Assert.Equal(1000, Traffic.Carry("gen:packets=1000,sizes=60-1514,vlan=20,seed=3", stack, _kernel.Queues));
        // They do not meet the steering program again.
        Assert.Equal(0, Traffic.Drain(_bypass.Queues));
    }

    public void Dispose()
    {
        for (int i = _owned.Count - 1; i >= 0; i--)
            _owned[i].Dispose();
    }

    private T Own<T>(T owned) where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    private unsafe void Send(string source)
    {
        using IPacketPort generator = PortKinds.Open(source);
        using var frames = new FrameArray(64);
        while (generator.Queues[0].Receive(frames.Frames, 64) is > 0 and var count)
        {
            _from.Queues[0].Send(generator.Queues[0], frames.Frames, count);
            _from.Queues[0].Flush();
        }
    }

    private static int Count(string source, FlowFilter[] filters)
    {
        using PacketSource packets = PacketSource.Open(source);
        int count = 0;
        while (packets.TryRead(out Packet packet))
        {
            foreach (FlowFilter filter in filters)
            {
                if (ClassicMachine.Run([.. filter.Instructions], packet.Data) != 0)
                {
                    count++;
                    break;
                }
            }
        }
        return filters.Length == 0 ? 2000 : count;
    }
}
