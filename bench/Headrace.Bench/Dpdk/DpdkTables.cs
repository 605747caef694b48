using System.Globalization;
using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Linux;

namespace Headrace.Bench;

/// <summary>DPDK's tables with the contents of ours: in memory without hugepages and, where they can be had, with them.</summary>
internal sealed class DpdkTables : IDisposable
{
    // MiB for all tables of a part: 2 MiB a page with hugepages.
    private const int Memory = 1536, QuickMemory = 768;
    private const int Updates = 100_000, SlowUpdates = 1000;

    private readonly List<(CPeer Peer, string Memory)> _peers = [];
    private readonly TableScale _scale;
    private readonly HugePages? _pages;
    private readonly string _prefix = string.Create(CultureInfo.InvariantCulture, $"headrace-tables{Environment.ProcessId}-");

    /// <summary>Starts the processes; none, with a note, where DPDK or a C compiler is not there.</summary>
    public DpdkTables(TableScale scale, TextWriter notes)
    {
        _scale = scale;
        int memory = scale == TableScale.Full ? Memory : QuickMemory;
        string size = memory.ToString(CultureInfo.InvariantCulture);
        if (!TryStart("no hugepages", ["--no-huge", "-m", size], out string reason))
        {
            notes.WriteLine($"DPDK is not measured: {reason}");
            return;
        }
        // A quick run changes no setting of the system.
        if (scale != TableScale.Full)
            return;
        _pages = HugePages.TryTake(memory / 2, out reason);
        if (_pages is null || !TryStart("hugepages", ["--in-memory"], out reason))
            notes.WriteLine($"DPDK is not measured with hugepages: {reason}");
    }

    /// <summary>Makes hash tables of the flows.</summary>
    public IReadOnlyList<TablePeer> LoadFlows()
    {
        foreach ((CPeer peer, _) in _peers)
            peer.Ask(string.Create(CultureInfo.InvariantCulture, $"flows {_scale.FlowBits}"));
        return [.. LookUps("hash", "rte_hash"), .. LookUps("hash_lf", "rte_hash lock-free")];
    }

    /// <summary>Loads a routing table into DPDK's, and sees to it that they answer as ours does.</summary>
    /// <param name="map">Ours, with the routes.</param>
    /// <param name="routes">The routes.</param>
    /// <param name="rows">Takes what loading and holding it costs.</param>
    public IReadOnlyList<TablePeer> LoadRoutes(Map map, RouteTable routes, List<BenchmarkRow> rows)
    {
        if (_peers.Count == 0)
            return [];
        string folder = Directory.CreateTempSubdirectory("headrace-tables-").FullName;
        try
        {
            byte[] addresses = routes.DrawAddresses(1 << _scale.AddressBits);
            string prefixFile = Path.Combine(folder, "prefixes"), addressFile = Path.Combine(folder, "addresses");
            File.WriteAllBytes(prefixFile, routes.ToKeys());
            File.WriteAllBytes(addressFile, addresses);
            ulong expected = Sum(map, addresses, routes.AddressBytes);
            foreach ((CPeer peer, string memory) in _peers)
            {
                foreach (string table in Tables(routes, peer))
                {
                    double[] costs = CPeer.Numbers(peer.Ask($"routes {table} {prefixFile} {addressFile}"));
                    rows.Add(new BenchmarkRow($"{map.Name}, loading, DPDK {Title(table)}, {memory}", costs[0], null, "s", null));
                    rows.Add(new BenchmarkRow($"{map.Name}, memory, DPDK {Title(table)}, {memory}", costs[1] / (1 << 20), null, "MiB", null));
                    ulong sum = ulong.Parse(peer.Ask($"sum {table}"), CultureInfo.InvariantCulture);
                    if (sum != expected)
                        throw new HeadraceException($"{Title(table)} routes other ways than our map: its next hops add up to {sum}, ours to {expected}");
                }
            }
            return [.. AllTables(routes).SelectMany(table => LookUps(table, Title(table), routes))];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Measures changes of the tables that <see cref="LoadRoutes"/> has made.</summary>
    public IEnumerable<BenchmarkRow> UpdateRoutes(string map, RouteTable routes)
    {
        foreach ((CPeer peer, string memory) in _peers)
        {
            foreach (string table in Tables(routes, peer))
            {
                int count = Math.Min(_scale.Updates, table == "lpm" ? SlowUpdates : Updates);
                double[] time = CPeer.Numbers(peer.Ask(string.Create(CultureInfo.InvariantCulture, $"update {table} {count}")));
                yield return new BenchmarkRow($"{map}, updates beside look-ups, DPDK {Title(table)}, {memory}", 1e3 / time[0], null, "M/s", null);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((CPeer peer, _) in _peers)
            peer.Dispose();
        _pages?.Dispose();
        for (int i = 0; i < _peers.Count; i++)
        {
            string left = string.Create(CultureInfo.InvariantCulture, $"/var/run/dpdk/{_prefix}{i}");
            if (Directory.Exists(left))
                Directory.Delete(left, recursive: true);
        }
    }

    private IEnumerable<TablePeer> LookUps(string table, string title, RouteTable? routes = null)
    {
        foreach ((CPeer peer, string memory) in _peers)
        {
            if (routes is not null && !Tables(routes, peer).Contains(table))
                continue;
            yield return new TablePeer(peer, $"measure {table} single", $"DPDK {title}, {memory}", isBulk: false);
            yield return new TablePeer(peer, $"measure {table} bulk", $"DPDK {title} bulk, {memory}", isBulk: true);
        }
    }

    private static string[] AllTables(RouteTable routes) => routes.AddressBytes == 4 ? ["lpm", "fib"] : ["lpm6", "fib6"];

    // rte_lpm looks through all rules of a length at each change: a full table takes it most of a minute, so one process has to do.
    private IEnumerable<string> Tables(RouteTable routes, CPeer peer) => AllTables(routes).Where(table => table != "lpm" || peer == _peers[^1].Peer);

    private static string Title(string table) => "rte_" + table;

    private bool TryStart(string memory, string[] options, out string reason)
    {
        string triplet = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
        string processor = Processors.Online().Last().ToString(CultureInfo.InvariantCulture);
        CPeer? peer = CPeer.TryStart("tables-peer.c", ("/usr/include/dpdk/rte_fib6.h", "libdpdk-dev"),
            ["-march=native", "-I/usr/include/dpdk", $"-I/usr/include/{triplet}/dpdk", "-include", "rte_config.h", "-lrte_hash", "-lrte_lpm", "-lrte_fib", "-lrte_eal"],
            [
                processor, "--no-pci", "--no-telemetry", "--no-shconf", "--log-level=error", "--force-max-simd-bitwidth=512",
                "--file-prefix", string.Create(CultureInfo.InvariantCulture, $"{_prefix}{_peers.Count}"), .. options,
            ],
            out reason);
        if (peer is null)
            return false;
        peer.Answer("start");
        _peers.Add((peer, memory));
        return true;
    }

    private static ulong Sum(Map map, byte[] addresses, int size)
    {
        byte[] key = new byte[sizeof(int) + size], value = new byte[sizeof(ulong)];
        BitConverter.TryWriteBytes(key, size * 8);
        ulong sum = 0;
        for (int at = 0; at < addresses.Length; at += size)
        {
            addresses.AsSpan(at, size).CopyTo(key.AsSpan(sizeof(int)));
            if (!map.TryLookup(key, value))
                throw new HeadraceException($"{map.Name}: an address has no route");
            sum += BitConverter.ToUInt64(value);
        }
        return sum;
    }
}
