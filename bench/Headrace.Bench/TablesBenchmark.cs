using System.Diagnostics;
using Headrace.Engine;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Bench;

/// <summary>Look-ups in tables beyond any cache, the same programs, keys and contents as in the kernel; loading and changing of routes.</summary>
public sealed class TablesBenchmark() : Benchmark("tables", "tables beyond cache beside the kernel's: 4 million flows, an LRU of 1 million, a full routing table; ns a look-up net of its key, lb and router as whole programs")
{
    /// <summary>The object of bench/programs.</summary>
    internal const string Object = "tables.bpf.o";

    private const int Rounds = 9;
    private const int KernelRepeats = 200_000;
    private const int KernelMeasurements = 2;
    private const int Updates = 400_000;
    private const int ThreadBursts = 4000;

    private static readonly (string Program, string Key)[] s_programs = [("flow", "flow_key"), ("lru", "flow_key"), ("route", "route_key")];

    /// <inheritdoc/>
    public override IReadOnlyList<BenchmarkRow> Run(TextWriter notes)
    {
        bool hasKernel = Kernel.IsAvailable(out string reason);
        if (!hasKernel)
            notes.WriteLine($"the kernel is not measured: {reason}");
        RouteTable routes = RouteTable.Load();
        notes.WriteLine($"routes: {routes.Prefixes.Count} IPv4 prefixes ({routes.Origin})");
        CollectionSpec spec = LoadSpec();
        using Collection ours = Collection.Load(spec);
        TableContents.Fill(ours, routes);
        using KernelCollection? kernel = hasKernel ? KernelCollection.Load(spec, new KernelLoadOptions()) : null;
        if (kernel is not null)
            TableContents.Fill(kernel, routes);
        var rows = new List<BenchmarkRow>();
        foreach ((string program, string key) in s_programs)
            rows.AddRange(Measure(program, key, ours, kernel));
        rows.Add(MeasureThreads(ours));
        rows.AddRange(MeasureRoutes(ours, routes));
        rows.AddRange(MeasureBalancer(hasKernel));
        rows.AddRange(MeasureRouter(hasKernel, routes));
        return rows;
    }

    internal static CollectionSpec LoadSpec(string name = Object)
    {
        using Stream stream = typeof(TablesBenchmark).Assembly.GetManifestResourceStream(name)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return CollectionSpec.Parse(bytes, name);
    }

    private static BenchmarkRow[] MeasureBalancer(bool hasKernel)
    {
        CollectionSpec spec = ProgramTables.LoadSpec("lb_turns.bpf.o");
        using Collection ours = Collection.Load(spec);
        ProgramTables.FillBalancer(ProgramTables.Into(ours));
        using KernelCollection? kernel = hasKernel ? KernelCollection.Load(spec, new KernelLoadOptions()) : null;
        if (kernel is not null)
            ProgramTables.FillBalancer(ProgramTables.Into(kernel));
        BenchmarkRow[] rows = [.. Measure("lb", "lb_key", ours, kernel, TablePackets.Connections(ProgramTables.ConnectionBits))];
        ProgramTables.Check("events", key => ours.Maps["events"].Lookup(key), 0, 9);
        if (kernel is not null)
            ProgramTables.Check("events", key => Values(kernel.Maps["events"], key), 0, 9);
        return rows;
    }

    private static BenchmarkRow[] MeasureRouter(bool hasKernel, RouteTable routes)
    {
        uint[] addresses = routes.DrawAddresses(TableContents.Addresses);
        CollectionSpec spec = ProgramTables.LoadSpec("router_turns.bpf.o");
        using Collection ours = Collection.Load(spec);
        ProgramTables.FillRouter(ProgramTables.Into(ours), routes, addresses);
        using KernelCollection? kernel = hasKernel ? KernelCollection.Load(spec, new KernelLoadOptions()) : null;
        if (kernel is not null)
            ProgramTables.FillRouter(ProgramTables.Into(kernel), routes, addresses);
        BenchmarkRow[] rows = [.. Measure("router", "router_key", ours, kernel, TablePackets.Routed(addresses))];
        ProgramTables.Check("statistics", key => ours.Maps["statistics"].Lookup(key), 0, 9);
        if (kernel is not null)
            ProgramTables.Check("statistics", key => Values(kernel.Maps["statistics"], key), 0, 9);
        return rows;
    }

    private static byte[] Values(KernelMap map, byte[] key)
    {
        byte[] values = new byte[map.ValueBufferSize];
        map.Lookup(key, values);
        return values;
    }

    // One round of each in turn; the least of each counts.
    private static IEnumerable<BenchmarkRow> Measure(string program, string key, Collection ours, KernelCollection? kernel, MakePacket? make = null)
    {
        EngineKind[] kinds = [EngineKind.Jit, EngineKind.Batch];
        TableTimer[] timers = [.. kinds.Select(kind => new TableTimer(ours.Programs[program], kind, make))];
        TableTimer[] keys = [.. kinds.Select(kind => new TableTimer(ours.Programs[key], kind, make))];
        double? peer = null;
        // In tables.bpf.c the mark says that the packet carries its number, in the other objects that it is to be made.
        byte[] packet = make is null ? new byte[TablePackets.Length] : TablePackets.Marked();
        for (int round = 0; round < Rounds; round++)
        {
            foreach (TableTimer timer in timers.Concat(keys))
                timer.Measure();
            if (kernel is null)
                continue;
            double total = kernel.Programs[program].MeasureNanosecondsPerRun(packet, KernelRepeats, KernelMeasurements).Total;
            double net = total - kernel.Programs[key].MeasureNanosecondsPerRun(packet, KernelRepeats, KernelMeasurements).Total;
            peer = Math.Min(peer ?? double.MaxValue, net);
        }
        for (int i = 0; i < kinds.Length; i++)
        {
            yield return BenchmarkRow.Of($"{program} {kinds[i].ToString().ToLowerInvariant()}", Math.Max(0.5, timers[i].Best - keys[i].Best), peer, "ns");
            timers[i].Dispose();
            keys[i].Dispose();
        }
    }

    // Packets a second of two workers beside one worker's, wall time: the table is shared, nothing else is.
    private static BenchmarkRow MeasureThreads(Collection collection)
    {
        using var first = new TableTimer(collection.Programs["flow"], EngineKind.Batch);
        using var second = new TableTimer(collection.Programs["flow"], EngineKind.Batch, firstTurn: TableContents.Flows / 2);
        double one = 0, two = 0;
        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            first.Run(ThreadBursts);
            one = Math.Max(one, ThreadBursts / Stopwatch.GetElapsedTime(start).TotalMicroseconds * TableTimer.Burst);
            start = Stopwatch.GetTimestamp();
            var other = new Thread(() => second.Run(ThreadBursts));
            other.Start();
            first.Run(ThreadBursts);
            other.Join();
            two = Math.Max(two, 2 * ThreadBursts / Stopwatch.GetElapsedTime(start).TotalMicroseconds * TableTimer.Burst);
        }
        return new BenchmarkRow("flow batch, two threads beside one", two, one, "M/s", two / one);
    }

    private static IEnumerable<BenchmarkRow> MeasureRoutes(Collection collection, RouteTable routes)
    {
        MapSpec spec = LoadSpec().Maps["routes"];
        using Map map = Map.Create(spec);
        long before = ResidentBytes();
        long start = Stopwatch.GetTimestamp();
        byte[] key = new byte[8], value = new byte[8];
        foreach ((uint, int) prefix in routes.Prefixes)
        {
            RouteTable.WriteKey(prefix, key);
            map.Update(key, value);
        }
        double load = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double bytes = ResidentBytes() - before;
        yield return new BenchmarkRow("routes, loading", load, null, "s", null);
        yield return new BenchmarkRow("routes, memory", bytes / (1 << 20), null, "MiB", null);
        yield return new BenchmarkRow("routes, updates beside look-ups", UpdateRate(collection, routes), null, "M/s", null);
    }

    // Announcements of routes that are there, withdrawals, and announcements of those withdrawn, while a program on another thread looks up.
    private static double UpdateRate(Collection collection, RouteTable routes)
    {
        bool stop = false;
        var reader = new Thread(() =>
        {
            using var timer = new TableTimer(collection.Programs["route"], EngineKind.Jit, mayMiss: true);
            while (!Volatile.Read(ref stop))
                timer.Run(10);
        });
        reader.Start();
        Map map = collection.Maps["routes"];
        var random = new Random(9);
        byte[] route = new byte[8], hop = new byte[8];
        long start = ThreadClock.Nanoseconds;
        for (int i = 0; i < Updates; i++)
        {
            RouteTable.WriteKey(routes.Prefixes[random.Next(routes.Prefixes.Count)], route);
            BitConverter.TryWriteBytes(hop, (ulong)i);
            if (i % 4 == 3)
                map.Delete(route);
            else
                map.Update(route, hop);
        }
        double rate = Updates / ((ThreadClock.Nanoseconds - start) / 1e3);
        Volatile.Write(ref stop, true);
        reader.Join();
        return rate;
    }

    private static long ResidentBytes() => long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize;
}
