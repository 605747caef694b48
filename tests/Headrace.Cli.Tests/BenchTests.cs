using System.Text.Json;
using Headrace.Bench;
using Headrace.Linux;

namespace Headrace.Cli.Tests;

/// <summary>The benchmarks' quick forms: every row is there, whatever its figure.</summary>
public class BenchTests
{
    [Fact]
    public void Tables_hash_has_all_rows() => HasRows("tables", "hash",
    [
        "flow jit", "flow batch", "lru jit", "lru batch",
        .. Processors.Online().Count() < 2 ? (string[])[] : ["flow batch, two threads beside one"],
        .. Dpdk("flow", "rte_hash"), .. Dpdk("flow", "rte_hash lock-free"),
    ]);

    [Fact]
    public void Tables_lpm_has_all_rows() => HasRows("tables", "lpm",
    [
        "route jit", "route batch", "route6 jit", "route6 batch",
        .. Costs("routes", ""), .. Costs("routes6", ""),
        .. Dpdk("route", "rte_lpm"), .. Dpdk("route", "rte_fib"), .. Dpdk("route6", "rte_lpm6"), .. Dpdk("route6", "rte_fib6"),
        .. DpdkCosts("routes", "rte_lpm"), .. DpdkCosts("routes", "rte_fib"), .. DpdkCosts("routes6", "rte_lpm6"), .. DpdkCosts("routes6", "rte_fib6"),
    ]);

    [Fact]
    public void Tables_programs_has_all_rows() => HasRows("tables", "programs", ["lb jit", "lb batch", "router jit", "router batch"]);

    [Fact]
    public void Engine_has_a_row_for_each_program_and_the_means()
    {
        string[] programs = ["fnv64", "siphash32", "hash16", "lpm", "ring_output", "firewall", "router", "lb", "tunnel", "nat44", "ddos"];
        string[] means = Kernel.IsAvailable(out _)
            ? ["geometric mean, compute (asked: 0.95)", "geometric mean, maps (asked: 0.60)", "geometric mean, programs (asked: 0.65)"]
            : [];
        HasRows("engine", null, [.. programs, .. means], others: true);
    }

    [Fact]
    public void Compile_answers_json()
    {
        (int code, string output, string error) = Shell.Run("bench", "compile", "--quick", "--json");
        Assert.True(code == 0, error);
        using var rows = JsonDocument.Parse(output);
        foreach (string program in (string[])["rxq_info", "firewall", "lb"])
        {
            JsonElement row = Assert.Single(rows.RootElement.EnumerateArray(), row => row.GetProperty("name").GetString() is { } name
                && name.StartsWith(program + " (", StringComparison.Ordinal) && name.EndsWith("beside what is asked", StringComparison.Ordinal));
            Assert.True(row.GetProperty("ours").GetDouble() > 0, output);
        }
    }

    [Fact]
    public void A_benchmark_without_a_quick_form_says_so()
    {
        (int code, _, string error) = Shell.Run("bench", "ports", "--quick");
        Assert.Equal(2, code);
        Assert.Contains("ports has no quick form; these have: engine, compile, tables", error);
    }

    private static void HasRows(string benchmark, string? part, string[] expected, bool others = false)
    {
        var notes = new StringWriter();
        IReadOnlyList<BenchmarkRow> rows = BenchmarkList.Find(benchmark)!.RunQuick(part, notes);
        string all = $"{string.Join('\n', rows)}\n{notes}";
        foreach (string name in expected)
            Assert.True(rows.Count(row => row.Name == name) == 1, $"row '{name}' is not there once:\n{all}");
        if (!others)
            Assert.True(rows.Count == expected.Length, $"{rows.Count} rows, {expected.Length} are expected:\n{all}");
        // What a few thousand routes add to the process's memory may be nothing.
        Assert.All(rows, row => Assert.True(row.Ours > 0 || row.Unit == "MiB", $"{row}\n{all}"));
        Assert.All(rows, row => Assert.True(row.Peer is null or > 0, $"{row}\n{all}"));
    }

    // A note says so where DPDK is not installed.
    private static bool HasDpdk => File.Exists("/usr/include/dpdk/rte_fib6.h");

    private static string[] Dpdk(string program, string table) =>
        HasDpdk ? [$"{program} jit, DPDK {table}, no hugepages", $"{program} batch, DPDK {table} bulk, no hugepages"] : [];

    private static string[] DpdkCosts(string map, string table) => HasDpdk ? Costs(map, $", DPDK {table}, no hugepages") : [];

    private static string[] Costs(string map, string whose) => [$"{map}, loading{whose}", $"{map}, memory{whose}", $"{map}, updates beside look-ups{whose}"];
}
