using System.Diagnostics;
using System.Globalization;
using Headrace.Engine;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Bench;

/// <summary>What loading, holding and changing a routing table costs.</summary>
internal static class RouteMeasurements
{
    /// <summary>Measures.</summary>
    /// <param name="scale">How many changes there are.</param>
    /// <param name="routes">The table.</param>
    /// <param name="map">An empty map's description.</param>
    /// <param name="collection">Whose filled map of that name is changed while its program looks up.</param>
    /// <param name="program">The program.</param>
    public static IEnumerable<BenchmarkRow> Rows(TableScale scale, RouteTable routes, MapSpec map, Collection collection, string program)
    {
        using (Map empty = Map.Create(map))
        {
            long before = ResidentBytes();
            long start = Stopwatch.GetTimestamp();
            byte[] key = new byte[routes.KeyBytes], value = new byte[sizeof(ulong)];
            foreach ((UInt128, int) prefix in routes.Prefixes)
            {
                routes.WriteKey(prefix, key);
                empty.Update(key, value);
            }
            double load = Stopwatch.GetElapsedTime(start).TotalSeconds;
            double bytes = ResidentBytes() - before;
            yield return new BenchmarkRow($"{map.Name}, loading", load, null, "s", null);
            yield return new BenchmarkRow($"{map.Name}, memory", bytes / (1 << 20), null, "MiB", null);
        }
        yield return new BenchmarkRow($"{map.Name}, updates beside look-ups", UpdateRate(scale, routes, collection.Maps[map.Name], collection.Programs[program]), null, "M/s", null);
    }

    // Announcements of routes that are there, withdrawals, and announcements of those withdrawn, while a program on another thread looks up.
    private static double UpdateRate(TableScale scale, RouteTable routes, Map map, LoadedProgram program)
    {
        bool stop = false;
        var reader = new Thread(() =>
        {
            using var timer = new TableTimer(program, EngineKind.Jit, scale, mayMiss: true);
            while (!Volatile.Read(ref stop))
                timer.Run(10);
        });
        reader.Start();
        var random = new Random(9);
        byte[] route = new byte[routes.KeyBytes], hop = new byte[sizeof(ulong)];
        long start = ThreadClock.Nanoseconds;
        for (int i = 0; i < scale.Updates; i++)
        {
            routes.WriteKey(routes.Prefixes[random.Next(routes.Prefixes.Count)], route);
            BitConverter.TryWriteBytes(hop, (ulong)i);
            if (i % 4 == 3)
                map.Delete(route);
            else
                map.Update(route, hop);
        }
        double rate = scale.Updates / ((ThreadClock.Nanoseconds - start) / 1e3);
        Volatile.Write(ref stop, true);
        reader.Join();
        return rate;
    }

    private static long ResidentBytes() => long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
}
