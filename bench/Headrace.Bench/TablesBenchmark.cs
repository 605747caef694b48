using System.Runtime.InteropServices;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Bench;

/// <summary>Look-ups in tables beyond any cache, the same programs, keys and contents as in the kernel, and as in DPDK's tables; loading and changing of routes.</summary>
public sealed class TablesBenchmark() : Benchmark("tables", "tables beyond cache beside the kernel's and DPDK's: 4 million flows, an LRU of 1 million, full routing tables; ns a look-up net of its key, lb and router as whole programs")
{
    private static readonly (string Name, Func<TableScale, bool, TextWriter, IEnumerable<BenchmarkRow>> Measure)[] s_parts =
        [("hash", MeasureHashes), ("lpm", MeasureRoutes), ("programs", MeasurePrograms)];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parts { get; } = [.. s_parts.Select(part => part.Name)];

    /// <inheritdoc/>
    public override bool HasQuickForm => true;

    /// <inheritdoc/>
    public override IReadOnlyList<BenchmarkRow> Run(TextWriter notes) => Run(TableScale.Full, Parts, notes);

    /// <inheritdoc/>
    public override IReadOnlyList<BenchmarkRow> RunPart(string part, TextWriter notes) => Run(TableScale.Full, [part], notes);

    /// <inheritdoc/>
    public override IReadOnlyList<BenchmarkRow> RunQuick(string? part, TextWriter notes) => Run(TableScale.Quick, part is null ? Parts : [part], notes);

    private static IReadOnlyList<BenchmarkRow> Run(TableScale scale, IReadOnlyList<string> parts, TextWriter notes)
    {
        bool hasKernel = Kernel.IsAvailable(out string reason);
        if (!hasKernel)
            notes.WriteLine($"the kernel is not measured: {reason}");
        return [.. s_parts.Where(part => parts.Contains(part.Name)).SelectMany(part => part.Measure(scale, hasKernel, notes))];
    }

    private static IEnumerable<BenchmarkRow> MeasureHashes(TableScale scale, bool hasKernel, TextWriter notes)
    {
        using var sides = BothSides.Load(TableContents.LoadSpec(scale), scale, hasKernel, put => TableContents.FillFlows(scale, put));
        using (var dpdk = new DpdkTables(scale, notes))
        {
            foreach (BenchmarkRow row in sides.Measure("flow", "flow_key", peers: dpdk.LoadFlows()))
                yield return row;
        }
        foreach (BenchmarkRow row in sides.Measure("lru", "flow_key"))
            yield return row;
        foreach (BenchmarkRow row in ThreadScaling.Measure(sides.Ours, "flow", scale, notes))
            yield return row;
    }

    private static IEnumerable<BenchmarkRow> MeasureRoutes(TableScale scale, bool hasKernel, TextWriter notes)
    {
        RouteTable routes = LoadRoutes(scale, 4, notes), routes6 = LoadRoutes(scale, 16, notes);
        CollectionSpec spec = TableContents.LoadSpec(scale);
        using var sides = BothSides.Load(spec, scale, hasKernel, put =>
        {
            TableContents.FillRoutes(routes, 1 << scale.AddressBits, "routes", "addresses", put);
            TableContents.FillRoutes(routes6, 1 << scale.AddressBits, "routes6", "addresses6", put);
        });
        using var dpdk = new DpdkTables(scale, notes);
        List<BenchmarkRow> loading = [], loading6 = [];
        IReadOnlyList<TablePeer> peers = dpdk.LoadRoutes(sides.Ours.Maps["routes"], routes, loading);
        IReadOnlyList<TablePeer> peers6 = dpdk.LoadRoutes(sides.Ours.Maps["routes6"], routes6, loading6);
        IEnumerable<BenchmarkRow>[] all =
        [
            sides.Measure("route", "route_key", peers: peers), sides.Measure("route6", "route6_key", peers: peers6),
            RouteMeasurements.Rows(scale, routes, spec.Maps["routes"], sides.Ours, "route"), loading, dpdk.UpdateRoutes("routes", routes),
            RouteMeasurements.Rows(scale, routes6, spec.Maps["routes6"], sides.Ours, "route6"), loading6, dpdk.UpdateRoutes("routes6", routes6),
        ];
        foreach (BenchmarkRow row in all.SelectMany(rows => rows))
            yield return row;
    }

    private static IEnumerable<BenchmarkRow> MeasurePrograms(TableScale scale, bool hasKernel, TextWriter notes)
    {
        using (var balancer = BothSides.Load(ProgramTables.LoadSpec("lb_turns.bpf.o", scale), scale, hasKernel, put => ProgramTables.FillBalancer(scale, put)))
        {
            foreach (BenchmarkRow row in balancer.Measure("lb", "lb_key", TablePackets.Connections(scale.ConnectionBits)))
                yield return row;
            balancer.Check("events");
        }
        RouteTable routes = LoadRoutes(scale, 4, notes);
        uint[] addresses = MemoryMarshal.Cast<byte, uint>(routes.DrawAddresses(1 << scale.AddressBits)).ToArray();
        using var router = BothSides.Load(ProgramTables.LoadSpec("router_turns.bpf.o", scale), scale, hasKernel, put => ProgramTables.FillRouter(put, routes, addresses));
        foreach (BenchmarkRow row in router.Measure("router", "router_key", TablePackets.Routed(addresses)))
            yield return row;
        router.Check("statistics");
    }

    private static RouteTable LoadRoutes(TableScale scale, int addressBytes, TextWriter notes)
    {
        var routes = RouteTable.Load(addressBytes, scale.Routes);
        notes.WriteLine($"routes: {routes.Prefixes.Count} {(addressBytes == 4 ? "IPv4" : "IPv6")} prefixes ({routes.Origin})");
        return routes;
    }
}
