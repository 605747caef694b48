using System.Diagnostics;
using System.Globalization;
using Headrace.Bytecode;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Bench;

/// <summary>Forwarding between two ports of another process, beside testpmd in the same place; and DPDK's endless device.</summary>
public sealed class DpdkBenchmark() : Benchmark("dpdk", "in the middle of testpmd - X - testpmd over memif and vhost-user, and on DPDK's net_null: X = headrace beside X = testpmd, 64-byte packets")
{
    private const int Restarts = 7;
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(800), s_time = TimeSpan.FromMilliseconds(700);

    private static bool s_isEalStarted;

    private static readonly Wiring[] s_wirings =
    [
        new("memif, X server", 16, (path, _) => $"net_memif,role=client,socket={path},socket-abstract=no", path => $"memif:{path},copy=no", path => $"net_memif,role=server,socket={path},socket-abstract=no", ListensFirst: true),
        new("memif, X server with headroom", 16, (path, _) => $"net_memif,role=client,socket={path},socket-abstract=no", path => $"memif:{path}", path => $"net_memif,role=server,socket={path},socket-abstract=no", ListensFirst: true),
        new("memif, X client", 16, (path, _) => $"net_memif,role=server,socket={path},socket-abstract=no", path => $"memif:{path},role=client", path => $"net_memif,role=client,socket={path},socket-abstract=no", ListensFirst: false),
        new("vhost-user split", 4, (path, _) => $"net_virtio_user,path={path},queue_size=256", path => $"vhost-user:{path}", path => $"net_vhost,iface={path}", ListensFirst: true),
        new("vhost-user packed", 4, (path, _) => $"net_virtio_user,path={path},queue_size=256,packed_vq=1", path => $"vhost-user:{path}", path => $"net_vhost,iface={path}", ListensFirst: true),
        new("virtio-user split", 4, (path, _) => $"net_vhost,iface={path}", path => $"virtio-user:{path}", path => $"net_virtio_user,path={path},queue_size=256", ListensFirst: false),
        new("virtio-user packed", 4, (path, _) => $"net_vhost,iface={path}", path => $"virtio-user:{path},packed", path => $"net_virtio_user,path={path},queue_size=256,packed_vq=1", ListensFirst: false),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<BenchmarkRow> Run(TextWriter notes)
    {
        if (!File.Exists(TestpmdPeer.Executable))
            throw new HeadraceException("testpmd is not installed: Debian's package dpdk-dev has it");
        int[] processors = [.. Processors.Online()];
        (int generator, int worker) = (processors[0], processors[^1]);
        notes.WriteLine($"DPDK's memory: {(TestpmdPeer.HasHugePages ? "hugepages" : "no hugepages (200 free ones are wanted)")}; {Restarts} restarts of both sides, medians");
        var rows = new List<BenchmarkRow>();
        string? only = Environment.GetEnvironmentVariable("HEADRACE_BENCH_ONLY");
        foreach (Wiring wiring in s_wirings.Where(wiring => only is null || wiring.Name.Contains(only, StringComparison.Ordinal)))
            rows.Add(Middle(wiring, "macswap", generator, worker, notes));
        if (only is null || only == "net_null")
        {
            foreach (string mode in (ReadOnlySpan<string>)["io", "macswap"])
                rows.Add(Endless(mode, generator, worker, notes));
        }
        return rows;
    }

    private static BenchmarkRow Middle(Wiring wiring, string mode, int generator, int worker, TextWriter notes)
    {
        List<double> ours = [], theirs = [];
        for (int restart = 0; restart < Restarts; restart++)
        {
            ours.Add(Once(wiring, generator, worker, (first, second) => Headrace(mode, worker, wiring.Port(first), wiring.Port(second))));
            theirs.Add(Once(wiring, generator, worker, (first, second) => Testpmd(mode, generator, worker, Named(wiring.Peer(first), 0), Named(wiring.Peer(second), 1))));
        }
        notes.WriteLine($"{wiring.Name}, {mode}: {Text(ours)} beside {Text(theirs)}");
        return BenchmarkRow.Of($"{wiring.Name}, {mode}", Median(ours), Median(theirs), "Mpps");
    }

    /// <summary>Packets a second, both directions, that come back to the generator: it sends on what it gets, so that some hundreds go round.</summary>
    private static double Once(Wiring wiring, int generator, int worker, Func<string, string, IDisposable> middle)
    {
        string first = SocketPath(), second = SocketPath();
        IDisposable? between = wiring.ListensFirst ? middle(first, second) : null;
        try
        {
            using var testpmd = new TestpmdPeer(worker, generator, "io", Named(wiring.Generator(first, 0), 0), Named(wiring.Generator(second, 1), 1));
            between ??= middle(first, second);
            Thread.Sleep(500); // handshakes
            testpmd.Start(wiring.FirstBursts);
            Thread.Sleep(s_warmUp);
            long before = testpmd.Received(), start = Stopwatch.GetTimestamp();
            Thread.Sleep(s_time);
            long packets = testpmd.Received() - before;
            return packets / Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }
        finally
        {
            between?.Dispose();
            File.Delete(first);
            File.Delete(second);
        }
    }

    private static BenchmarkRow Endless(string mode, int other, int worker, TextWriter notes)
    {
        List<double> ours = [], theirs = [];
        for (int restart = 0; restart < Restarts; restart++)
        {
            // EAL starts once in our process: it is the first port's options that count.
            string eal = s_isEalStarted ? "" : string.Join(' ', TestpmdPeer.MemoryOptions) + " --no-pci ";
            s_isEalStarted = true;
            using (var middle = Headrace(mode, worker, $"dpdk:net_null0 {eal}--vdev=net_null0", "dpdk:net_null1 --vdev=net_null1"))
                ours.Add(Rate(middle.Received));
            using (TestpmdPeer testpmd = Testpmd(mode, other, worker, "net_null0", "net_null1"))
                theirs.Add(Rate(testpmd.Received));
        }
        notes.WriteLine($"net_null, {mode}: {Text(ours)} beside {Text(theirs)}");
        return BenchmarkRow.Of($"dpdk: net_null, {mode}", Median(ours), Median(theirs), "Mpps");
    }

    private static double Rate(Func<long> count)
    {
        Thread.Sleep(s_warmUp);
        long before = count(), start = Stopwatch.GetTimestamp();
        Thread.Sleep(s_time);
        return (count() - before) / Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    private static TestpmdPeer Testpmd(string mode, int prompt, int worker, params string[] devices)
    {
        var testpmd = new TestpmdPeer(prompt, worker, mode, devices);
        testpmd.Start();
        return testpmd;
    }

    private static ForwardingMiddle Headrace(string mode, int worker, string first, string second) => new(Program(mode), worker, first, second);

    private static CollectionSpec Program(string mode)
    {
        string name = mode == "io" ? "pass" : "swap", text = mode == "io" ? Pass : Swap;
        return CollectionSpec.Parse(ObjectWriter.ToBytes(AssemblyModule.Parse(text, name)), name);
    }

    // What testpmd's io mode does to a packet: nothing. PASS goes to the port beside.
    private const string Pass = """
        .section xdp
        .func pass
        r0 = 2
        exit
        """;

    // What its macswap mode does: the two Ethernet addresses change places.
    private const string Swap = """
        .section xdp
        .func swap
        r0 = 1
        r2 = *(u32 *)(r1 + 0)
        r3 = *(u32 *)(r1 + 4)
        r4 = r2
        r4 += 14
        if r4 > r3 goto out
        r3 = *(u32 *)(r2 + 0)
        r4 = *(u16 *)(r2 + 4)
        r5 = *(u32 *)(r2 + 6)
        r6 = *(u16 *)(r2 + 10)
        *(u32 *)(r2 + 0) = r5
        *(u16 *)(r2 + 4) = r6
        *(u32 *)(r2 + 6) = r3
        *(u16 *)(r2 + 10) = r4
        r0 = 2
        out:
        exit
        """;

    private static string Named(string device, int number)
    {
        int comma = device.IndexOf(',', StringComparison.Ordinal);
        return string.Create(CultureInfo.InvariantCulture, $"{device[..comma]}{number}{device[comma..]}");
    }

    private static string SocketPath() => Path.Combine(Path.GetTempPath(), $"headrace-bench-{Guid.NewGuid():N}");

    private static double Median(List<double> figures) => figures.Order().ElementAt(figures.Count / 2);

    private static string Text(List<double> figures) => string.Join(' ', figures.Order().Select(figure => figure.ToString("F1", CultureInfo.InvariantCulture)));

    private sealed record Wiring(string Name, int FirstBursts, Func<string, int, string> Generator, Func<string, string> Port, Func<string, string> Peer, bool ListensFirst);
}
