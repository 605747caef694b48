using System.Diagnostics;
using System.Globalization;
using Headrace.Linux;

namespace Headrace.Bench;

/// <summary>Forwarding between two ports of a testpmd, beside another testpmd in the same place.</summary>
/// <remarks>
/// The outer testpmd has both ends and one processor, what forwards in the middle has the other one to itself, whichever it is. So many
/// packets as the rings hold go round in both directions: nothing is made or dropped meanwhile, and who is slow makes all wait.
/// </remarks>
public sealed class MiddleBenchmark : Benchmark
{
    private const int Restarts = 7;
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(200), s_time = TimeSpan.FromMilliseconds(400);

    private readonly MiddleWiring[] _wirings;

    private MiddleBenchmark(string name, string description, params MiddleWiring[] wirings) : base(name, description) => _wirings = wirings;

    /// <summary>Over memif, in all roles.</summary>
    public static MiddleBenchmark Memif() => new("memif", "testpmd - X - testpmd over memif, X = headrace beside X = testpmd in io mode: 64-byte packets, median of 7 restarts of both",
        new("memif, X server", 16, path => $"net_memif,role=client,socket={path},socket-abstract=no", path => $"memif:{path},copy=no", path => $"net_memif,role=server,socket={path},socket-abstract=no", ListensFirst: true),
        new("memif, X server that leaves programs headroom", 16, path => $"net_memif,role=client,socket={path},socket-abstract=no", path => $"memif:{path}", path => $"net_memif,role=server,socket={path},socket-abstract=no", ListensFirst: true),
        new("memif, X client", 16, path => $"net_memif,role=server,socket={path},socket-abstract=no", path => $"memif:{path},role=client", path => $"net_memif,role=client,socket={path},socket-abstract=no", ListensFirst: false));

    /// <summary>Over vhost-user, as device and as driver.</summary>
    public static MiddleBenchmark Vhost() => new("vhost", "testpmd - X - testpmd over vhost-user, X = headrace beside X = testpmd in io mode: 64-byte packets, median of 7 restarts of both",
        new("vhost-user split", 4, path => $"net_virtio_user,path={path},queue_size=256", path => $"vhost-user:{path}", path => $"net_vhost,iface={path}", ListensFirst: true),
        new("vhost-user packed", 4, path => $"net_virtio_user,path={path},queue_size=256,packed_vq=1", path => $"vhost-user:{path}", path => $"net_vhost,iface={path}", ListensFirst: true),
        new("virtio-user split", 4, path => $"net_vhost,iface={path}", path => $"virtio-user:{path}", path => $"net_virtio_user,path={path},queue_size=256", ListensFirst: false),
        new("virtio-user packed", 4, path => $"net_vhost,iface={path}", path => $"virtio-user:{path},packed", path => $"net_virtio_user,path={path},queue_size=256,packed_vq=1", ListensFirst: false));

    /// <inheritdoc/>
    public override IReadOnlyList<BenchmarkRow> Run(TextWriter notes)
    {
        TestpmdPeer.Require();
        int[] processors = [.. Processors.Online()];
        (int generator, int worker) = (processors[0], processors[^1]);
        notes.WriteLine($"DPDK's memory: {TestpmdPeer.MemoryKind}; the outer testpmd on processor {generator}, X on processor {worker}");
        return [.. _wirings.Select(wiring => Measure(wiring, generator, worker, notes))];
    }

    private static BenchmarkRow Measure(MiddleWiring wiring, int generator, int worker, TextWriter notes)
    {
        List<double> ours = [], theirs = [];
        for (int restart = 0; restart < Restarts; restart++)
        {
            ours.Add(Once(wiring, generator, worker, (first, second) => new ForwardingMiddle(MiddleProgram.Load("io"), worker, wiring.Port(first), wiring.Port(second))));
            theirs.Add(Once(wiring, generator, worker, (first, second) => new TestpmdPeer(generator, worker, "io", Named(wiring.Peer(first), 0), Named(wiring.Peer(second), 1))));
        }
        notes.WriteLine($"{wiring.Name}: {Figures.Text(ours)} beside {Figures.Text(theirs)}");
        return BenchmarkRow.Of(wiring.Name, Figures.Median(ours), Figures.Median(theirs), "Mpps");
    }

    /// <summary>Packets a second, both directions, that come back to the outer testpmd.</summary>
    private static double Once(MiddleWiring wiring, int generator, int worker, Func<string, string, IDisposable> middle)
    {
        string first = SocketPath(), second = SocketPath();
        IDisposable? between = wiring.ListensFirst ? middle(first, second) : null;
        try
        {
            using var outer = new TestpmdPeer(worker, generator, "io", Named(wiring.Outer(first), 0), Named(wiring.Outer(second), 1));
            between ??= middle(first, second);
            outer.WaitForLinks();
            (between as TestpmdPeer)?.Start();
            outer.StartWith(wiring.FirstBursts);
            Thread.Sleep(s_warmUp);
            long before = outer.Received(), start = Stopwatch.GetTimestamp();
            Thread.Sleep(s_time);
            long packets = outer.Received() - before;
            return packets / Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }
        finally
        {
            between?.Dispose();
            File.Delete(first);
            File.Delete(second);
        }
    }

    private static string Named(string device, int number)
    {
        int comma = device.IndexOf(',', StringComparison.Ordinal);
        return string.Create(CultureInfo.InvariantCulture, $"{device[..comma]}{number}{device[comma..]}");
    }

    private static string SocketPath() => Path.Combine(Path.GetTempPath(), $"headrace-bench-{Guid.NewGuid():N}");
}
