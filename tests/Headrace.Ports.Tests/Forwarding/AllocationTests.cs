using System.Diagnostics;

namespace Headrace.Ports.Tests.Forwarding;

public class AllocationTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string, byte[]> Bursts => new()
    {
        { "one way", [Acts.Pass] },
        { "dropped", [Acts.Drop] },
        { "sent back", [Acts.Transmit] },
        { "every way that is no fault", [Acts.Drop, Acts.Pass, Acts.Transmit, Acts.BareRedirect, Acts.ToDevice, Acts.ToIfindex, Acts.ToAllDevices, Acts.ToWorker, Acts.ToSocket] },
    };

    [Theory]
    [MemberData(nameof(Bursts))]
    public void Bursts_allocate_nothing(string name, byte[] acts)
    {
        using var wires = new Wires(3);
        using var port = new MeteredPort(wires.Inner[0]);
        using ForwardProgram program = Acts.Load(1);
        program.Maps["devices"].Update(BitConverter.GetBytes(1), Acts.Target(3));
        program.Maps["devices"].Update(BitConverter.GetBytes(2), Acts.Target(2));
        program.Maps["workers"].Update(BitConverter.GetBytes(0), Acts.Target(192));
        program.Maps["sockets"].Update(BitConverter.GetBytes(1), BitConverter.GetBytes(2u));
        // A look every 50 ms allocates nothing either, and a worker that never sleeps looks often.
        using var forwarder = new Forwarder([port, wires.Inner[1], wires.Inner[2]], program, new ForwarderOptions { Pass = PassMode.Peer, Idle = IdleMode.Spin });
        forwarder.Start();
        byte[][] packets = [.. Enumerable.Range(0, 48).Select(i => Packet(acts[i % acts.Length]))];
        long before = 0, received = 0;
        for (int round = 0; round < 400; round++)
        {
            received += wires.Inject(0, packets);
            long looks = port.Looks;
            Wait(() => port.Queues[0].Counters.Received == received && port.Looks > looks + 1, forwarder);
            for (int i = 0; i < 3; i++)
                wires.Take(i);
            if (round == 200)
                before = port.Allocated;
        }
        Assert.True(port.Allocated == before, $"{name}: {port.Allocated - before} bytes in 200 bursts of {packets.Length} frames");
        Assert.Equal(400 * packets.Length, received);
        // Of a packet without a verdict a sample is kept now and then, which allocates.
        Assert.Equal(0, forwarder.ReadStatistics().Aborted);
    }

    private static byte[] Packet(byte act)
    {
        byte[] packet = new byte[60];
        (packet[14], packet[15]) = (act, (byte)(act == Acts.ToIfindex ? 2 : act == Acts.ToWorker ? 0 : 1));
        return packet;
    }

    private static void Wait(Func<bool> isDone, Forwarder forwarder)
    {
        for (var clock = Stopwatch.StartNew(); !isDone(); Thread.Yield())
        {
            Assert.Null(forwarder.Failure);
            Assert.True(clock.Elapsed < s_patience, $"not done: {forwarder.ReadStatistics()}");
        }
    }
}
