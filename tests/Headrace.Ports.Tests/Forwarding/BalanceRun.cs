namespace Headrace.Ports.Tests.Forwarding;

/// <summary>Random packets through a forwarder between two ports while nobody takes what comes out, while its program changes, while it stops.</summary>
internal static class BalanceRun
{
    /// <summary>Runs 300 rounds.</summary>
    /// <param name="wires">Two wires.</param>
    /// <param name="longest">Bytes of no packet.</param>
    /// <param name="restarts">Whether the outer ends go away and come back meanwhile.</param>
    /// <param name="settle">Waits, before the forwarder stops, until what the ports were sent is with them or lost.</param>
    /// <returns>What the forwarder counted, what its ports were sent and what came out of them.</returns>
    public static (ForwarderStatistics Statistics, long[] SentIn, long[] Taken) Run(Wires wires, int longest, bool restarts, Action<long[]>? settle = null)
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        ForwardProgram program = Load(null);
        using var forwarder = new Forwarder(wires.Inner, program, new ForwarderOptions { Pass = PassMode.Peer, DrainTime = TimeSpan.FromSeconds(30) });
        forwarder.Start();
        long[] sentIn = new long[2], taken = new long[2];
        for (int round = 0; round < 300; round++)
        {
            int port = random.Next(2);
            sentIn[port] += wires.Inject(port, Enumerable.Range(0, random.Next(100)).Select(_ => Packet(random, longest)));
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
        settle?.Invoke(sentIn);
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

    private static byte[] Packet(Random random, int longest)
    {
        byte[] packet = new byte[random.Next(60, longest)];
        (packet[14], packet[15]) = (random.Next(4) == 0 ? (byte)random.Next(Acts.Last + 1) : Acts.Pass, (byte)random.Next(8));
        return packet;
    }
}
