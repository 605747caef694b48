namespace Headrace.Cli.Tests.Nouns;

public class MapActionTests
{
    /// <summary>Types with the sizes of their keys and values.</summary>
    public static TheoryData<string, int, int, int> Types => new()
    {
        { "hash", 4, 8, 4 }, { "array", 4, 8, 4 }, { "prog_array", 4, 4, 4 }, { "perf_event_array", 4, 4, 4 }, { "percpu_hash", 4, 8, 4 }, { "percpu_array", 4, 8, 4 },
        { "stack_trace", 4, 8, 4 }, { "cgroup_array", 4, 4, 4 }, { "lru_hash", 4, 8, 4 }, { "lpm_trie", 8, 8, 4 }, { "devmap", 4, 8, 4 }, { "sockmap", 4, 4, 4 },
        { "cpumap", 4, 4, 4 }, { "xskmap", 4, 4, 4 }, { "sockhash", 4, 4, 4 }, { "reuseport_sockarray", 4, 4, 4 }, { "queue", 0, 4, 4 }, { "stack", 0, 4, 4 },
        { "devmap_hash", 4, 8, 4 }, { "ringbuf", 0, 0, 4096 }, { "bloom_filter", 0, 4, 4 }, { "user_ringbuf", 0, 0, 4096 },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_action_on_every_type_of_map_answers_or_says_why_not(string type, int key, int value, int entries)
    {
        using var objects = new KernelObjects();
        string map = objects["map"];
        KernelObjects.Ours("map", "create", map, "type", type, "key", $"{key}", "value", $"{value}", "entries", $"{entries}", "name", "map", "flags", type == "lpm_trie" ? "1" : "0");
        string[] keyWords = key == 0 ? [] : ["key", "hex", .. Enumerable.Repeat("00", key)], valueWords = ["value", "hex", .. Enumerable.Repeat("00", value)];
        foreach (string[] action in (string[][])
        [
            ["show"], ["dump"], ["getnext"], ["peek"], ["pop"], ["dequeue"], ["lookup", .. keyWords], ["getnext", .. keyWords], ["update", .. keyWords, .. valueWords], ["push", .. valueWords],
            ["lookup", .. keyWords], ["peek"], ["dump"], ["delete", .. keyWords], ["event_pipe", "count", "0"], ["freeze"], ["dump"],
        ])
        {
            foreach (string[] switches in (string[][])[[], ["-j"]])
            {
                string[] line = [.. switches, "map", action[0], "pinned", map, .. action[1..]];
                (int code, string output, string error) = Shell.Run(line);
                Assert.True(code is 0 or 1 or 2, $"{string.Join(' ', line)} ended with {code}");
                Assert.True(code == 0 ? error.Length == 0 : error.Length > 0 || output.Length > 0, $"{string.Join(' ', line)}: {error}{output}");
            }
        }
    }
}
