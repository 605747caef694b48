using System.Text.Json;

namespace Headrace.Cli.Tests.Nouns;

public class TopVerbTests
{
    private const string Setting = "/proc/sys/kernel/bpf_stats_enabled";

    [Fact]
    public async Task Runs_are_counted_while_it_watches()
    {
        using var objects = new KernelObjects();
        using var folder = new TemporaryFolder();
        string program = objects["firewall/firewall"], packet = folder.File("packet");
        File.WriteAllBytes(packet, new byte[64]);
        string before = File.ReadAllText(Setting);
        using JsonDocument shown = JsonDocument.Parse(KernelObjects.Ours("-j", "prog", "show", "pinned", program));
        uint id = shown.RootElement.GetProperty("id").GetUInt32();
        Task<string> watching = Task.Run(() => KernelObjects.Ours("top", "--json", "--interval", "0.2", "--count", "5"), TestContext.Current.CancellationToken);
        while (!watching.IsCompleted)
            KernelObjects.Ours("prog", "run", "pinned", program, "data_in", packet, "repeat", "10000");
        string[] lines = (await watching).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(5, lines.Length);
        ulong runs = 0;
        foreach (string line in lines)
        {
            using JsonDocument look = JsonDocument.Parse(line);
            double seconds = look.RootElement.GetProperty("seconds").GetDouble();
            Assert.InRange(seconds, 0.19, 60);
            JsonElement row = look.RootElement.GetProperty("programs").EnumerateArray().Single(one => one.GetProperty("id").GetUInt32() == id);
            ulong count = row.GetProperty("runs").GetUInt64();
            Assert.Equal(count / seconds, row.GetProperty("runs_per_s").GetDouble(), count * 0.001 + 0.1);
            if (count > 0)
                Assert.Equal(row.GetProperty("run_time_ns").GetUInt64() / (double)count, row.GetProperty("ns_per_run").GetDouble(), 0.1);
            runs += count;
        }
        // The kernel counts test runs too: whole calls of ten thousand, but for the first and last look's shares.
        Assert.True(runs >= 10_000, $"{runs} runs were counted");
        Assert.Equal(before, File.ReadAllText(Setting));
    }

    [Fact]
    public void A_profile_counts_runs_and_says_what_it_cannot_count()
    {
        using var objects = new KernelObjects();
        using JsonDocument profile = JsonDocument.Parse(KernelObjects.Ours("-j", "prog", "profile", "pinned", objects["firewall/firewall"], "duration", "1"));
        Assert.Equal(["run_cnt", "run_time_ns"], profile.RootElement.EnumerateArray().Select(metric => metric.GetProperty("metric").GetString()));
        (int code, _, string error) = Shell.Run("prog", "profile", "pinned", objects["firewall/firewall"], "duration", "1", "cycles");
        Assert.Equal(1, code);
        Assert.Contains("hardware counters", error);
    }
}
