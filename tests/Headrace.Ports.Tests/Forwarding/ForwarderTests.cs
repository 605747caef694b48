using Headrace.Bytecode;
using Headrace.Engine;

namespace Headrace.Ports.Tests.Forwarding;

public class ForwarderTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(EngineKind.Jit)]
    [InlineData(EngineKind.Interpreter)]
    public void Every_verdict_has_its_action_and_every_packet_its_place(EngineKind engine)
    {
        using var wires = new Wires(3);
        using ForwardProgram program = Acts.Load(1, engine);
        program.Maps["devices"].Update(Key(4), Acts.Target(3));
        program.Maps["devices"].Update(Key(5), Acts.Target(2));
        program.Maps["devices"].Update(Key(6), Acts.Target(99));
        program.Maps["sockets"].Update(Key(1), BitConverter.GetBytes(2u));
        using var forwarder = new Forwarder(wires.Inner, program, new ForwarderOptions { Pass = PassMode.Peer });
        Assert.Equal([1u, 2u, 3u], wires.Inner.Select(port => port.Ifindex));
        forwarder.Start();
        byte[][] packets =
        [
            Packet(Acts.Drop), Packet(Acts.Pass, id: 1), Packet(Acts.Transmit, id: 2), Packet(Acts.Aborted), Packet(Acts.BareRedirect), Packet(Acts.NoVerdict),
            Packet(Acts.Fault), Packet(Acts.Pass, id: 3), Packet(Acts.ToDevice, 4, id: 4), Packet(Acts.ToDevice, 7), Packet(Acts.ToDevice, 6),
            Packet(Acts.ToIfindex, 2, id: 5), Packet(Acts.ToIfindex, 9), Packet(Acts.ToAllDevices, 0, id: 6), Packet(Acts.ToSocket, 1, id: 7),
            Packet(Acts.ToSocket, 3), Packet(Acts.ToWorker, 0), Packet(Acts.Drop), [.. new byte[15]],
        ];
        Assert.Equal(packets.Length, wires.Inject(0, packets));
        ForwarderStatistics statistics = StopWhen(forwarder, () => forwarder.ReadStatistics() is { InFlight: 0, Received: 19 });

        Assert.Equal((19, 1, 0), (statistics.Received, statistics.Copies, statistics.InFlight));
        // A key that a map does not have gives the verdict in the flags, which is XDP_ABORTED here: three of the six.
        Assert.Equal((6, 3, 2, 1), (statistics.Aborted, statistics.Dropped, statistics.Passed, statistics.Sent));
        Assert.Equal(5, statistics.Redirected);
        Assert.Equal([new(RefusalCause.NoTarget, 3)], statistics.Refused.Where(pair => pair.Key == RefusalCause.NoTarget));
        Assert.Equal([2], Ids(wires.Take(0)));
        Assert.Equal([1, 3, 5, 6], Ids(wires.Take(1)).Order());
        Assert.Equal([4, 6, 7], Ids(wires.Take(2)).Order());
    }

    [Fact]
    public void Programs_of_a_devmap_run_on_the_way_out()
    {
        using var wires = new Wires(2);
        using ForwardProgram program = Acts.Load(1);
        program.Maps["devices"].Update(Key(0), Acts.Target(2, program.Programs["leave"]));
        using var forwarder = new Forwarder(wires.Inner, program);
        forwarder.Start();
        wires.Inject(0, Enumerable.Range(0, 10).Select(i => Packet(Acts.ToDevice, 0, id: i)));
        ForwarderStatistics statistics = StopWhen(forwarder, () => forwarder.ReadStatistics() is { InFlight: 0, Received: 10 });
        Assert.Equal((5, 5), (statistics.Redirected, statistics.Dropped));
        Assert.All(wires.Take(1), packet => Assert.Equal((0, 0xee), (packet[16] & 1, packet[17])));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Programs_of_a_cpumap_run_on_the_worker_it_names(int target)
    {
        using var wires = new Wires(2);
        using ForwardProgram program = Acts.Load(2);
        program.Maps["workers"].Update(Key(target), [.. BitConverter.GetBytes(192u), .. BitConverter.GetBytes(program.Programs["arrive"].Id)]);
        using var forwarder = new Forwarder(wires.Inner, program, new ForwarderOptions { Workers = 2, Pass = PassMode.Peer });
        forwarder.Start();
        wires.Inject(0, Enumerable.Range(0, 100).Select(i => Packet(Acts.ToWorker, (byte)target, id: i)));
        ForwarderStatistics statistics = StopWhen(forwarder, () => forwarder.ReadStatistics() is { InFlight: 0, Received: 100 });
        Assert.Equal((50, 50, 0), (statistics.Passed, statistics.Dropped, statistics.AllRefused));
        List<byte[]> out1 = wires.Take(1);
        Assert.Equal(50, out1.Count);
        Assert.All(out1, packet => Assert.Equal(0xcc, packet[17]));
    }

    [Fact]
    public void Flows_of_one_queue_are_spread_over_workers_and_stay_in_order()
    {
        const int Packets = 20_000;
        using var wires = new Wires(2, ring: 32768);
        using ForwardProgram program = Acts.Load(3, text: Acts.Source("r0 = 2\nexit"));
        using var forwarder = new Forwarder(wires.Inner, program, new ForwarderOptions { Workers = 3, Pass = PassMode.Peer, HandoffRing = 32768 });
        var sent = new List<byte[]>();
        using (PacketSource source = PacketSource.Open($"gen:packets={Packets},flows=50,sizes=100"))
        {
            while (source.TryRead(out Packet packet))
                sent.Add(packet.Data.ToArray());
        }
        forwarder.Start();
        var arrived = new List<byte[]>();
        int injected = 0;
        ForwarderStatistics statistics = StopWhen(forwarder, () =>
        {
            if (injected < Packets)
                injected += wires.Inject(0, sent.Skip(injected).Take(256));
            arrived.AddRange(wires.Take(1));
            return arrived.Count == Packets;
        });
        Assert.Equal((Packets, 0), (statistics.Passed, statistics.AllRefused));
        // By flow (addresses and ports), the order is the one sent.
        Assert.Equal(ByFlow(sent), ByFlow(arrived));
        Assert.True(statistics.ProcessorTime.Count == 3);
    }

    [Fact]
    public void A_program_takes_anothers_place_under_traffic_and_no_packet_is_lost()
    {
        using var wires = new Wires(2, ring: 4096);
        ForwardProgram program = Acts.Load(2);
        using var forwarder = new Forwarder(wires.Inner, program, new ForwarderOptions { Workers = 2, Pass = PassMode.Peer });
        forwarder.Start();
        long injected = 0, transmitted = 0, passed = 0;
        for (int round = 0; round < 60; round++)
        {
            for (int i = 0; i < 20; i++)
            {
                injected += wires.Inject(0, Enumerable.Range(0, 64).Select(id => Packet(Acts.Pass, id: id)));
                // Fewer under way than a ring between workers holds: what does not fit is refused, and rightly so.
                NumberedTraffic.Until(() => Take() >= injected - 384, () => $"not taken: {forwarder.ReadStatistics()}");
            }
            // In turn: passes what it is told to, and sends everything back.
            ForwardProgram next = Acts.Load(2, previous: program, text: round % 2 == 0 ? Acts.Source("r0 = 3\nexit") : null);
            forwarder.Switch(next);
            program.Dispose();
            program = next;
        }
        ForwarderStatistics statistics = StopWhen(forwarder, () =>
        {
            Take();
            return forwarder.ReadStatistics().InFlight == 0 && transmitted + passed == injected;
        });
        Assert.Equal(injected, statistics.Received);
        Assert.Equal((passed, transmitted, 0), (statistics.Passed, statistics.Sent, statistics.AllRefused));
        Assert.True(passed > 0 && transmitted > 0);
        // The array map went over from program to program: the packets that were passed are all in it.
        Assert.Equal(passed, Acts.Count(program, Acts.Pass));
        program.Dispose();

        long Take() => (transmitted += wires.Take(0).Count) + (passed += wires.Take(1).Count);
    }

    [Fact]
    public void A_faulty_program_aborts_its_packets_and_the_loop_goes_on()
    {
        using var wires = new Wires(2);
        using ForwardProgram program = Acts.Load(1);
        using var forwarder = new Forwarder(wires.Inner, program, new ForwarderOptions { Pass = PassMode.Peer });
        forwarder.Start();
        wires.Inject(0, Enumerable.Range(0, 200).Select(i => Packet(i % 3 == 0 ? Acts.Fault : Acts.Pass, id: i)));
        ForwarderStatistics statistics = StopWhen(forwarder, () => forwarder.ReadStatistics() is { InFlight: 0, Received: 200 });
        Assert.Equal((67, 133), (statistics.Aborted, statistics.Passed));
        AbortSample sample = forwarder.AbortSamples[0];
        Assert.Contains("program 'act' stopped at instruction", sample.Reason, StringComparison.Ordinal);
        Assert.Equal(Acts.Fault, sample.Start[14]);
    }

    [Theory]
    [InlineData(IdleMode.Adaptive)]
    [InlineData(IdleMode.Poll)]
    [InlineData(IdleMode.Sleep)]
    public void A_worker_without_packets_uses_next_to_no_processor_time(IdleMode idle)
    {
        using var wires = new Wires(2);
        using ForwardProgram program = Acts.Load(1);
        using var forwarder = new Forwarder(wires.Inner, program, new ForwarderOptions { Idle = idle, Pass = PassMode.Peer });
        forwarder.Start();
        // Starting costs time of its own, how long depends on the machine; a worker that polls never comes to such a second.
        var seconds = new List<double>();
        do
        {
            TimeSpan before = forwarder.ReadStatistics().ProcessorTime[0];
            Thread.Sleep(1000);
            seconds.Add((forwarder.ReadStatistics().ProcessorTime[0] - before).TotalMilliseconds);
            Assert.True(seconds.Count < 20, $"in none of these seconds less than 100 ms: {string.Join(' ', seconds)}");
        }
        while (seconds[^1] >= 100);
        wires.Inject(0, [Packet(Acts.Pass)]);
        StopWhen(forwarder, () => forwarder.ReadStatistics().Passed == 1);
    }

    [Fact]
    public void What_does_not_fit_together_is_refused()
    {
        using var wires = new Wires(1);
        using ForwardProgram one = Acts.Load(1);
        Assert.Contains("loaded for 1 workers", Assert.Throws<HeadraceException>(
            () => new Forwarder(wires.Inner, one, new ForwarderOptions { Workers = 2 })).Message, StringComparison.Ordinal);
        using var other = new Wires(1);
        wires.Inner[0].Ifindex = other.Inner[0].Ifindex = 7;
        Assert.Contains("interface index 7", Assert.Throws<HeadraceException>(
            () => new Forwarder([wires.Inner[0], other.Inner[0]], one)).Message, StringComparison.Ordinal);
    }

    private static byte[] Key(int key) => BitConverter.GetBytes(key);

    // Byte 16 and the last one carry the packet's number.
    private static byte[] Packet(byte act, byte target = 0, int id = 0)
    {
        byte[] packet = new byte[60];
        (packet[14], packet[15], packet[16], packet[59]) = (act, target, (byte)id, (byte)id);
        return packet;
    }

    private static IEnumerable<int> Ids(List<byte[]> packets) => packets.Select(packet => (int)packet[59]);

    private static Dictionary<string, List<string>> ByFlow(List<byte[]> packets) =>
        packets.GroupBy(packet => Convert.ToHexString(packet.AsSpan(26, 12))).ToDictionary(flow => flow.Key, flow => flow.Select(Convert.ToHexString).ToList());

    private static ForwarderStatistics StopWhen(Forwarder forwarder, Func<bool> isDone)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        bool done;
        while (!(done = isDone()) && clock.Elapsed < s_patience && forwarder.Failure is null)
            Thread.Sleep(TimeSpan.FromMicroseconds(50));
        forwarder.Stop();
        Assert.Null(forwarder.Failure);
        Assert.True(done, $"not done: {forwarder.ReadStatistics()}");
        return forwarder.ReadStatistics();
    }
}
