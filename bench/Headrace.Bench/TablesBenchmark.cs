using System.Runtime.InteropServices;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Bench;

/// <summary>Look-ups in tables beyond any cache, the same programs, keys and contents as in the kernel; loading and changing of routes.</summary>
public sealed class TablesBenchmark() : Benchmark("tables", "tables beyond cache beside the kernel's: 4 million flows, an LRU of 1 million, full routing tables; ns a look-up net of its key, lb and router as whole programs")
{
    /// <summary>The object of bench/programs.</summary>
    internal const string Object = "tables.bpf.o";

    private static readonly (string Name, Func<bool, TextWriter, IEnumerable<BenchmarkRow>> Measure)[] s_parts =
        [("hash", MeasureHashes), ("lpm", MeasureRoutes), ("programs", MeasurePrograms)];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parts { get; } = [.. s_parts.Select(part => part.Name)];

    /// <inheritdoc/>
    public override IReadOnlyList<BenchmarkRow> Run(TextWriter notes) => Run(Parts, notes);

    /// <inheritdoc/>
    public override IReadOnlyList<BenchmarkRow> RunPart(string part, TextWriter notes) => Run([part], notes);

    private static IReadOnlyList<BenchmarkRow> Run(IReadOnlyList<string> parts, TextWriter notes)
    {
        bool hasKernel = Kernel.IsAvailable(out string reason);
        if (!hasKernel)
            notes.WriteLine($"the kernel is not measured: {reason}");
        return [.. s_parts.Where(part => parts.Contains(part.Name)).SelectMany(part => part.Measure(hasKernel, notes))];
    }

    private static IEnumerable<BenchmarkRow> MeasureHashes(bool hasKernel, TextWriter notes)
    {
        using var sides = BothSides.Load(LoadSpec(), hasKernel, TableContents.FillFlows);
        foreach (string program in (string[])["flow", "lru"])
        {
            foreach (BenchmarkRow row in sides.Measure(program, "flow_key"))
                yield return row;
        }
        foreach (BenchmarkRow row in ThreadScaling.Measure(sides.Ours, "flow", TableContents.Flows, notes))
            yield return row;
    }

    private static IEnumerable<BenchmarkRow> MeasureRoutes(bool hasKernel, TextWriter notes)
    {
        RouteTable routes = LoadRoutes(4, notes), routes6 = LoadRoutes(16, notes);
        CollectionSpec spec = LoadSpec();
        using var sides = BothSides.Load(spec, hasKernel, put =>
        {
            TableContents.FillRoutes(routes, "routes", "addresses", put);
            TableContents.FillRoutes(routes6, "routes6", "addresses6", put);
        });
        IEnumerable<BenchmarkRow>[] all =
        [
            sides.Measure("route", "route_key"), sides.Measure("route6", "route6_key"),
            RouteMeasurements.Rows(routes, spec.Maps["routes"], sides.Ours, "route"),
            RouteMeasurements.Rows(routes6, spec.Maps["routes6"], sides.Ours, "route6"),
        ];
        foreach (BenchmarkRow row in all.SelectMany(rows => rows))
            yield return row;
    }

    private static IEnumerable<BenchmarkRow> MeasurePrograms(bool hasKernel, TextWriter notes)
    {
        using (var balancer = BothSides.Load(ProgramTables.LoadSpec("lb_turns.bpf.o"), hasKernel, ProgramTables.FillBalancer))
        {
            foreach (BenchmarkRow row in balancer.Measure("lb", "lb_key", TablePackets.Connections(ProgramTables.ConnectionBits)))
                yield return row;
            balancer.Check("events");
        }
        RouteTable routes = LoadRoutes(4, notes);
        uint[] addresses = MemoryMarshal.Cast<byte, uint>(routes.DrawAddresses(TableContents.Addresses)).ToArray();
        using var router = BothSides.Load(ProgramTables.LoadSpec("router_turns.bpf.o"), hasKernel, put => ProgramTables.FillRouter(put, routes, addresses));
        foreach (BenchmarkRow row in router.Measure("router", "router_key", TablePackets.Routed(addresses)))
            yield return row;
        router.Check("statistics");
    }

    private static RouteTable LoadRoutes(int addressBytes, TextWriter notes)
    {
        var routes = RouteTable.Load(addressBytes);
        notes.WriteLine($"routes: {routes.Prefixes.Count} {(addressBytes == 4 ? "IPv4" : "IPv6")} prefixes ({routes.Origin})");
        return routes;
    }

    private static CollectionSpec LoadSpec() => CollectionSpec.Parse(Resources.Read(Object), Object);
}
