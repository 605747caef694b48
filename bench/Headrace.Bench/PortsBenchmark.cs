using System.Globalization;
using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Linux;
using Headrace.Objects;
using Headrace.Ports;

namespace Headrace.Bench;

/// <summary>AF_XDP and packet-socket ports beside the same work in C: packets a second at full load, processor time by load.</summary>
public sealed class PortsBenchmark() : Benchmark("ports", "forwarding over AF_XDP and PACKET_MMAP beside a C program doing the same, 64-byte packets over veth; processor time by load")
{
    private const int Rounds = 5;
    private static readonly TimeSpan s_idleTime = TimeSpan.FromSeconds(2);
    private static readonly int[] s_loads = [0, 10_000, 100_000, 500_000];

    /// <inheritdoc/>
    public override IReadOnlyList<BenchmarkRow> Run(TextWriter notes)
    {
        if (!Kernel.IsAvailable(out string reason))
            throw new HeadraceException(reason);
        int[] processors = [.. Processors.Online()];
        (int generator, int worker) = (processors[0], processors[^1]);
        if (generator == worker)
            notes.WriteLine("one processor only: the generator and what is measured take turns");
        var rows = new List<BenchmarkRow>();
        foreach ((string name, string work, string kind, string program) in (ReadOnlySpan<(string, string, string, string)>)
        [
            ("AF_XDP receive and drop", "drop", "afxdp", "drop"),
            ("AF_XDP swap addresses and send back", "forward", "afxdp", "macswap"),
            ("PACKET_MMAP receive and drop", "packet", "packet", "drop"),
        ])
        {
            List<Flood> ours = [], theirs = [], oursAsleep = [], theirsAsleep = [];
            // All take a wire of their own in turn, in one run; the medians count.
            for (int round = 0; round < Rounds; round++)
            {
                ours.Add(Ours(kind, program, IdleMode.Spin, generator, worker, wire => wire.Flood));
                Add(theirs, Theirs(work, "busy", generator, worker, notes, wire => wire.Flood));
                oursAsleep.Add(Ours(kind, program, IdleMode.Poll, generator, worker, wire => wire.Flood));
                Add(theirsAsleep, Theirs(work, "sleep", generator, worker, notes, wire => wire.Flood));
            }
            rows.Add(BenchmarkRow.Of($"{name}, busy", Median(ours, flood => flood.Mpps), MedianOf(theirs, flood => flood.Mpps), "Mpps"));
            rows.Add(BenchmarkRow.Of($"{name}, poll()", Median(oursAsleep, flood => flood.Mpps), MedianOf(theirsAsleep, flood => flood.Mpps), "Mpps"));
            rows.Add(BenchmarkRow.Of($"{name}, poll(), processor time", Median(oursAsleep, flood => flood.Nanoseconds), MedianOf(theirsAsleep, flood => flood.Nanoseconds), "ns"));
        }
        foreach (int load in s_loads)
        {
            double ours = Ours("afxdp", "drop", IdleMode.Adaptive, generator, worker, wire => wire.Trickle(load, s_idleTime)).Percent;
            double? theirs = Theirs("drop", "sleep", generator, worker, notes, wire => wire.Trickle(load, s_idleTime))?.Percent;
            rows.Add(BenchmarkRow.Of(string.Create(CultureInfo.InvariantCulture, $"AF_XDP processor at {load:N0} packets a second"), ours, theirs, "%"));
        }
        return rows;
    }

    private static void Add(List<Flood> floods, Flood? flood)
    {
        if (flood is { } one)
            floods.Add(one);
    }

    private static Flood Ours(string kind, string program, IdleMode idle, int generator, int worker, Func<BenchWire, Measurement> choose)
    {
        using var wire = new BenchWire(generator, passes: kind == "packet");
        using ForwardProgram loaded = ForwardProgram.Load(Program(program), program, EngineKind.Jit, 1);
        using IPacketPort port = PortKinds.Open(kind == "packet" ? $"packet:{wire.Far},queues=1" : $"{kind}:{wire.Far},stack=no");
        using var forwarder = new Forwarder([port], loaded, new ForwarderOptions { Cpus = [worker], Idle = idle, Pass = PassMode.Drop });
        forwarder.Start();
        return choose(wire)(() =>
        {
            ForwarderStatistics now = forwarder.ReadStatistics();
            return (now.Received, now.ProcessorTime[0].TotalNanoseconds);
        });
    }

    private static Flood? Theirs(string work, string wait, int generator, int worker, TextWriter notes, Func<BenchWire, Measurement> choose)
    {
        using var wire = new BenchWire(generator, passes: work == "packet");
        using CPeer? peer = CPeer.TryStart("ports-peer.c", ("/usr/include/xdp/xsk.h", "libxdp-dev"), ["-lxdp", "-lbpf"],
            [work, wait, wire.Far, worker.ToString(CultureInfo.InvariantCulture)], out string missing);
        if (peer is null)
        {
            notes.WriteLine($"no peer: {missing}");
            return null;
        }
        peer.Answer("ready");
        return choose(wire)(() => CPeer.Numbers(peer.Ask("count")) is [var packets, var time] ? ((long)packets, time) : throw new HeadraceException("the peer did not count"));
    }

    private static CollectionSpec Program(string name)
    {
        string file = $"{name}.bpf.o";
        using Stream stream = typeof(PortsBenchmark).Assembly.GetManifestResourceStream(file)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return CollectionSpec.Parse(bytes, file);
    }

    private static double? MedianOf(List<Flood> floods, Func<Flood, double> figure) => floods.Count == 0 ? null : Median(floods, figure);

    private static double Median(List<Flood> floods, Func<Flood, double> figure) => floods.Select(figure).Order().ElementAt(floods.Count / 2);
}
