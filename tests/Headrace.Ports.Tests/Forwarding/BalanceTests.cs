using Headrace.Engine;

namespace Headrace.Ports.Tests.Forwarding;

public class BalanceTests
{
    /// <summary>Random packets through random loops: small rings, all verdicts, reloads, ends that go away, stops in the middle. The sums must be exact.</summary>
    [Fact]
    public void Every_packet_of_every_run_is_accounted_for()
    {
        int runs = Environment.GetEnvironmentVariable("HEADRACE_LONG") == "1" ? 1000 : 40;
        int first = Random.Shared.Next(1_000_000);
        for (int seed = first; seed < first + runs; seed++)
        {
            try
            {
                Run(new Random(seed));
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed}: {error.Message}", error);
            }
        }
    }

    private static void Run(Random random)
    {
        int ports = random.Next(1, 5), workers = random.Next(1, 4), queues = random.Next(1, 4);
        using var wires = new Wires(ports, queues, ring: 1 << random.Next(4, 10));
        ForwardProgram program = Load(random, workers, ports, null);
        var options = new ForwarderOptions
        {
            Workers = workers,
            Burst = random.Next(1, 65),
            HandoffRing = 1 << random.Next(2, 9),
            Pass = (PassMode)random.Next(3),
            Idle = (IdleMode)random.Next(4),
            DrainTime = TimeSpan.FromSeconds(30),
        };
        using (var forwarder = new Forwarder(wires.Inner, program, options))
        {
            forwarder.Start();
            long injected = 0;
            long[] arrived = new long[ports];
            int rounds = random.Next(5, 60);
            for (int round = 0; round < rounds; round++)
            {
                int port = random.Next(ports);
                injected += wires.Inject(port, Enumerable.Range(0, random.Next(200)).Select(_ => Packet(random)), random.Next(queues));
                // Sometimes nobody takes what comes out, so that rings fill up.
                if (random.Next(3) > 0)
                    arrived[port] += wires.Take(port).Count;
                if (random.Next(10) == 0)
                {
                    ForwardProgram next = Load(random, workers, ports, program);
                    forwarder.Switch(next);
                    program.Dispose();
                    program = next;
                }
                if (random.Next(40) == 0)
                    wires.Outer[random.Next(ports)].Dispose();
            }
            // The other ends are emptied while it stops, as peers do.
            var stop = new Thread(forwarder.Stop);
            stop.Start();
            while (!stop.Join(0))
                Collect(wires, arrived);
            Collect(wires, arrived);
            Check(forwarder, injected, arrived);
        }
        program.Dispose();
    }

    private static void Check(Forwarder forwarder, long injected, long[] arrived)
    {
        Assert.Null(forwarder.Failure);
        ForwarderStatistics statistics = forwarder.ReadStatistics();
        string all = statistics.ToString();
        Assert.True(statistics.InFlight == 0, $"in flight: {statistics.InFlight}; {all}");
        Assert.True(statistics.Received <= injected, all);
        Assert.True(statistics.Ports.Sum(port => port.Sent) == statistics.Sent + statistics.Redirected + statistics.Passed, all); // wires have no stack
        for (int port = 0; port < arrived.Length; port++)
        {
            // A wire whose other end was closed keeps what was on it.
            if (forwarder.Ports[port].DownReason is null)
                Assert.True(statistics.Ports[port].Sent == arrived[port], $"port {port}: {statistics.Ports[port].Sent} sent, {arrived[port]} arrived; {all}");
        }
        if (Array.TrueForAll([.. forwarder.Ports], port => port.DownReason is null))
            Assert.True(statistics.Received == injected, $"{injected} sent in; {all}");
    }

    private static void Collect(Wires wires, long[] arrived)
    {
        for (int port = 0; port < arrived.Length; port++)
        {
            if (wires.Inner[port].DownReason is null)
                arrived[port] += wires.Take(port).Count;
        }
    }

    private static ForwardProgram Load(Random random, int workers, int ports, ForwardProgram? previous)
    {
        ForwardProgram program = Acts.Load(workers, previous: previous);
        for (int key = 0; key < 8; key++)
        {
            if (random.Next(2) == 0)
                program.Maps["devices"].Update(BitConverter.GetBytes(key), Acts.Target((uint)random.Next(1, ports + 2), random.Next(3) == 0 ? program.Programs["leave"] : null));
            if (random.Next(2) == 0)
                program.Maps["sockets"].Update(BitConverter.GetBytes(key), BitConverter.GetBytes(random.Next(ports + 1)));
        }
        for (int worker = 0; worker < workers; worker++)
        {
            LoadedProgram? arrive = random.Next(2) == 0 ? program.Programs["arrive"] : null;
            program.Maps["workers"].Update(BitConverter.GetBytes(worker), Acts.Target(64, arrive));
        }
        return program;
    }

    private static byte[] Packet(Random random)
    {
        byte[] packet = new byte[random.Next(14, 600)];
        random.NextBytes(packet);
        if (packet.Length > 16)
        {
            // What looks like IP is spread over workers by its bytes; byte 14 is the action all the same.
            if (random.Next(2) == 0)
                (packet[12], packet[13]) = (8, 0);
            packet[14] = random.Next(8) == 0 ? (byte)random.Next(256) : (byte)random.Next(Acts.Last + 1);
            packet[15] = (byte)random.Next(8);
        }
        return packet;
    }
}
