namespace Headrace.Ports.Tests.Forwarding;

/// <summary>The balance with ports whose rings another process shares: full rings, reloads, stops, peers that go and come back.</summary>
public class PeerBalanceTests
{
    [Theory, MemberData(nameof(PeerPairs.Names), MemberType = typeof(PeerPairs))]
    public void Both_ends_count_the_same_when_rings_are_full_at_reload_and_at_stop(string kind)
    {
        (ForwarderStatistics statistics, long[] sentIn, long[] taken) = Run(kind, restarts: false);
        for (int port = 0; port < 2; port++)
        {
            PortStatistics counted = statistics.Ports[port];
            Assert.True(counted.Received + counted.Missed.Values.Sum() == sentIn[port], $"{sentIn[port]} sent in by port {port}; {statistics}");
            Assert.True(counted.Sent == taken[port], $"{taken[port]} came out by port {port}; {statistics}");
        }
        // Nobody took anything for a while: something was refused for want of room.
        Assert.True(statistics.AllRefused > 0, statistics.ToString());
    }

    [Theory, MemberData(nameof(PeerPairs.Names), MemberType = typeof(PeerPairs))]
    public void Every_packet_has_its_place_when_peers_die_and_come_back(string kind)
    {
        (ForwarderStatistics statistics, long[] sentIn, long[] taken) = Run(kind, restarts: true);
        for (int port = 0; port < 2; port++)
        {
            // What lay in the rings of a peer that died is gone with it.
            Assert.InRange(statistics.Ports[port].Received, 1, sentIn[port]);
            Assert.InRange(taken[port], 1, statistics.Ports[port].Sent);
        }
    }

    private static (ForwarderStatistics Statistics, long[] SentIn, long[] Taken) Run(string kind, bool restarts)
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var wires = new Wires(PeerPairs.Specs(kind), PeerPairs.Specs(kind));
        ForwardProgram program = Load(null);
        using var forwarder = new Forwarder(wires.Inner, program, new ForwarderOptions { Pass = PassMode.Peer, DrainTime = TimeSpan.FromSeconds(30) });
        forwarder.Start();
        long[] sentIn = new long[2], taken = new long[2];
        for (int round = 0; round < 300; round++)
        {
            int port = random.Next(2);
            sentIn[port] += wires.Inject(port, Enumerable.Range(0, random.Next(100)).Select(_ => Packet(random)));
            // In the middle nobody takes anything, until all rings are full.
            if (round is < 100 or > 200)
                Take();
            if (round % 50 == 49)
            {
                ForwardProgram next = Load(program);
                forwarder.Switch(next);
                program.Dispose();
                program = next;
            }
            if (restarts && round % 60 == 59)
                wires.Restart(random.Next(2));
        }
        var stop = new Thread(forwarder.Stop);
        stop.Start();
        while (!stop.Join(0))
            Take();
        Take();
        program.Dispose();
        Assert.Null(forwarder.Failure);
        ForwarderStatistics statistics = forwarder.ReadStatistics();
        Assert.True(statistics.InFlight == 0, statistics.ToString());
        Assert.True(statistics.Ports.Sum(port => port.Sent) == statistics.Sent + statistics.Redirected + statistics.Passed, statistics.ToString());
        return (statistics, sentIn, taken);

        void Take()
        {
            for (int port = 0; port < 2; port++)
            {
                for (int count; (count = wires.Take(port).Count) > 0;)
                    taken[port] += count;
            }
        }
    }

    private static ForwardProgram Load(ForwardProgram? previous)
    {
        ForwardProgram program = Acts.Load(1, previous: previous);
        for (int key = 0; key < 8; key++)
            program.Maps["devices"].Update(BitConverter.GetBytes(key), Acts.Target((uint)(1 + key % 2)));
        return program;
    }

    private static byte[] Packet(Random random)
    {
        byte[] packet = new byte[random.Next(60, 1500)];
        (packet[14], packet[15]) = (random.Next(4) == 0 ? (byte)random.Next(Acts.Last + 1) : Acts.Pass, (byte)random.Next(8));
        return packet;
    }
}
