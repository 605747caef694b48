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
        var total = (Received: 0L, Finished: 0L);
        long early = 0;
        ForwardProgram program = Acts.Load(2);
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < duration)
        {
            // A peer's life: ten seconds, then its wire and the loop are gone and new ones come.
            using var wires = new Wires(2);
            using var forwarder = new Forwarder(wires.Inner, program, new ForwarderOptions { Workers = 2, Pass = PassMode.Peer });
            forwarder.Start();
            TimeSpan end = clock.Elapsed + TimeSpan.FromSeconds(10), reload = clock.Elapsed + TimeSpan.FromSeconds(1);
            byte[][] packets = [.. Enumerable.Range(0, 256).Select(id => Packet((byte)(1 + id % 3), id))];
            while (clock.Elapsed < end)
            {
                wires.Inject(0, packets);
                wires.Take(0);
                wires.Take(1);
                if (clock.Elapsed < reload)
                    continue;
                reload += TimeSpan.FromSeconds(1);
                ForwardProgram next = Acts.Load(2, previous: program);
                forwarder.Switch(next);
                program.Dispose();
                program = next;
            }
            wires.Outer[1].Dispose();
            wires.Inject(0, packets);
            forwarder.Stop();
            ForwarderStatistics statistics = forwarder.ReadStatistics();
            Assert.Null(forwarder.Failure);
            Assert.Equal(0, statistics.InFlight);
            total = (total.Received + statistics.Received, total.Finished + statistics.Finished);
            if (early == 0 && clock.Elapsed > duration / 4)
                early = ResidentBytes();
        }
        program.Dispose();
        Assert.Equal(total.Received, total.Finished);
        long late = ResidentBytes();
        Assert.True(late < early + (32 << 20), $"{early >> 20} MiB after a quarter, {late >> 20} MiB at the end; {total.Received} packets");
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
