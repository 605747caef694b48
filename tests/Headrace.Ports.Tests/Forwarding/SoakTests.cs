using System.Diagnostics;
using System.Globalization;

namespace Headrace.Ports.Tests.Forwarding;

public class SoakTests
{
    /// <summary>Full rate with a reload every second and a peer that goes and comes back every ten: memory stays flat, the balance is exact.</summary>
    [Fact]
    public void Reloads_and_restarts_of_peers_for_half_an_hour_leak_nothing()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("HEADRACE_LONG") == "1", "half an hour: ./test --long");
        double minutes = double.Parse(Environment.GetEnvironmentVariable("HEADRACE_SOAK_MINUTES") ?? "30", CultureInfo.InvariantCulture);
        TimeSpan duration = TimeSpan.FromMinutes(minutes);
        using var wires = new Wires(PeerPairs.Specs("memif server"), PeerPairs.Specs("vhost packed"), PeerPairs.Specs("virtio split"), PeerPairs.Specs("memif client"));
        ForwardProgram program = Acts.Load(2);
        using var forwarder = new Forwarder(wires.Inner, program, new ForwarderOptions { Workers = 2, Pass = PassMode.Peer, DrainTime = TimeSpan.FromSeconds(30) });
        byte[][] packets = [.. Enumerable.Range(0, 256).Select(id => Packet((byte)(1 + id % 3), id))];
        forwarder.Start();
        long early = 0, reloads = 0, restarts = 0;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < duration)
        {
            for (int port = 0; port < wires.Inner.Count; port++)
            {
                wires.Inject(port, packets);
                wires.Take(port);
            }
            if (clock.Elapsed > TimeSpan.FromSeconds(reloads + 1))
            {
                reloads++;
                ForwardProgram next = Acts.Load(2, previous: program);
                forwarder.Switch(next);
                program.Dispose();
                program = next;
            }
            if (clock.Elapsed > TimeSpan.FromSeconds(10 * (restarts + 1)))
                wires.Restart((int)(restarts++ % wires.Inner.Count));
            if (early == 0 && clock.Elapsed > duration / 4)
                early = ResidentBytes();
        }
        // Measured while all runs, as the first time.
        long late = ResidentBytes();
        var stop = new Thread(forwarder.Stop);
        stop.Start();
        while (!stop.Join(0))
        {
            for (int port = 0; port < wires.Inner.Count; port++)
                wires.Take(port);
        }
        program.Dispose();
        ForwarderStatistics statistics = forwarder.ReadStatistics();
        TestContext.Current.TestOutputHelper?.WriteLine($"{clock.Elapsed.TotalMinutes:f1} minutes, {reloads} reloads, {restarts} restarts, {early >> 10} KiB resident after a quarter, {late >> 10} KiB at the end; {statistics}");
        Assert.Null(forwarder.Failure);
        Assert.Equal(0, statistics.InFlight);
        Assert.True(late < early + (32 << 20), $"{early >> 20} MiB after a quarter, {late >> 20} MiB at the end; {statistics}");
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using Process self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }

    private static byte[] Packet(byte act, int id)
    {
        byte[] packet = new byte[60];
        (packet[14], packet[16]) = (act, (byte)id);
        return packet;
    }
}
