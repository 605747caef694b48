using System.Diagnostics;
using System.Globalization;
using Headrace.Bytecode;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Bench;

/// <summary>Loading and attaching, and operations on a hash map, beside libbpf doing the same in C.</summary>
public sealed class LinuxBenchmark() : Benchmark("linux", "load and attach the load balancer, look up, update, delete and batch elements, beside libbpf in C")
{
    private const string Object = "lb.bpf.o";
    private const int Rounds = 11;
    private const int Elements = 100_000;

    private static readonly string[] s_operations = ["update", "look-up", "delete", "update in a batch", "look-up in batches of 256"];

    /// <inheritdoc/>
    public override IReadOnlyList<BenchmarkRow> Run(TextWriter notes)
    {
        if (!Kernel.IsAvailable(out string reason))
            throw new HeadraceException(reason);
        int processor = Processors.Online().Last();
        using CPeer? peer = CPeer.TryStartLibbpf(processor, out string missing);
        if (peer is null)
            notes.WriteLine($"libbpf is not measured: {missing}");
        using IDisposable pinned = Processors.Pin(processor);
        return [Loading(peer, notes), .. HashOperations(peer)];
    }

    private static BenchmarkRow Loading(CPeer? peer, TextWriter notes)
    {
        string folder = Directory.CreateTempSubdirectory("headrace-bench-").FullName, path = Path.Combine(folder, Object);
        string device = string.Create(CultureInfo.InvariantCulture, $"hrb{Environment.ProcessId}");
        using (Stream stream = typeof(LinuxBenchmark).Assembly.GetManifestResourceStream(Object)!)
        using (FileStream file = File.Create(path))
            stream.CopyTo(file);
        Ip("link", "add", device, "type", "veth", "peer", "name", device + "p");
        try
        {
            List<double> ours = [], theirs = [];
            for (int round = 0; round < Rounds; round++)
            {
                ours.Add(LoadAndAttach(path, device));
                if (peer is not null)
                    theirs.Add(CPeer.Numbers(peer.Ask($"load {path} {device}"))[0] / 1e6);
            }
            notes.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the first load of the process, which compiles our loader too, took {ours[0]:F1} ms"));
            return BenchmarkRow.Of("load and attach the load balancer", ours.Min(), theirs.Count == 0 ? null : theirs.Min(), "ms");
        }
        finally
        {
            Ip("link", "del", device);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double LoadAndAttach(string path, string device)
    {
        long start = Stopwatch.GetTimestamp();
        using KernelCollection collection = KernelCollection.Load(CollectionSpec.Load(path));
        using XdpLink link = collection.Programs.Values.First().AttachXdp(device);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static IEnumerable<BenchmarkRow> HashOperations(CPeer? peer)
    {
        double[][] ours = new double[Rounds][], theirs = new double[Rounds][];
        for (int round = 0; round < Rounds; round++)
        {
            ours[round] = Hash();
            theirs[round] = peer is null ? [] : CPeer.Numbers(peer.Ask(string.Create(CultureInfo.InvariantCulture, $"hash {Elements}")));
        }
        for (int i = 0; i < s_operations.Length; i++)
        {
            double mine = ours.Min(round => round[i]) / Elements;
            double? other = peer is null ? null : theirs.Min(round => round[i]) / Elements;
            yield return BenchmarkRow.Of($"hash map, an element: {s_operations[i]}", mine, other, "ns");
        }
    }

    // Processor time of each operation over all elements, in nanoseconds; what the peer does, in its order.
    private static double[] Hash()
    {
        using KernelMap map = KernelMap.Create(new MapSpec { Name = "ours", Type = MapType.Hash, KeySize = 4, ValueSize = 16, MaxEntries = Elements });
        TypedMap<uint, Value> elements = map.As<uint, Value>();
        uint[] keys = [.. Enumerable.Range(0, Elements).Select(i => (uint)i)];
        Value[] values = new Value[Elements];
        ulong sum = 0;
        long[] times = new long[s_operations.Length + 1];
        times[0] = ThreadClock.Nanoseconds;
        foreach (uint key in keys)
            elements.Update(key, new Value { Packets = key, Bytes = 64 });
        times[1] = ThreadClock.Nanoseconds;
        foreach (uint key in keys)
            sum += elements.TryGet(key, out Value value) ? value.Packets : throw new HeadraceException($"element {key} is gone");
        times[2] = ThreadClock.Nanoseconds;
        foreach (uint key in keys)
            elements.Delete(key);
        times[3] = ThreadClock.Nanoseconds;
        elements.Update(keys, values);
        times[4] = ThreadClock.Nanoseconds;
        int count = 0;
        foreach (KeyValuePair<uint, Value> element in elements.Elements())
        {
            sum += element.Value.Packets;
            count++;
        }
        times[5] = ThreadClock.Nanoseconds;
        if (count != Elements || sum != (ulong)Elements * (Elements - 1) / 2)
            throw new HeadraceException($"{count} elements with sum {sum} came back");
        return [.. times.Skip(1).Zip(times, (end, start) => (double)(end - start))];
    }

    private static void Ip(params string[] arguments)
    {
        using Process process = Process.Start("ip", arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new HeadraceException($"ip {string.Join(' ', arguments)} failed: see its message above");
    }

    private struct Value
    {
        public ulong Packets;
        public ulong Bytes;
    }
}
