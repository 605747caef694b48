using System.Text.Json;

namespace Headrace.Objects.Tests;

public class SummaryTests
{
    [Fact]
    public void A_summary_says_what_is_in_the_object_and_is_plain_JSON()
    {
        ObjectSummary summary = ObjectSummary.Of(CollectionSpec.Load(Clang.Compile(Sources.Globals, "counters")));
        ProgramSummary count = summary.Programs[0];
        Assert.Equal(("count", "xdp", "xdp", "xdp"), (count.Name, count.Section, count.Type, count.AttachType));
        Assert.Equal(["map_lookup_elem"], count.Helpers);
        Assert.Equal(["hits", ".data", ".rodata", ".bss"], count.Maps.OrderBy(name => name == "hits" ? 0 : name == ".data" ? 1 : name == ".rodata" ? 2 : 3));
        MapSummary hits = summary.Maps.First(map => map.Name == "hits");
        Assert.Equal(("percpu_hash", "__u64", "struct pair", 1000u), (hits.Type, hits.Key, hits.Value, hits.MaxEntries));
        Assert.Equal(["no_prealloc"], hits.Flags);
        VariableSummary limit = summary.Variables.First(variable => variable.Name == "pair_limit");
        Assert.Equal(("const volatile struct pair pair_limit", "{ .packets = 1, .bytes = 2 }", true), (limit.Declaration, limit.Value, limit.IsConstant));
        Assert.True(summary.Types!.Kinds["struct"] > 3);
        using JsonDocument json = JsonDocument.Parse(JsonSerializer.Serialize(summary));
        Assert.Equal(summary.Programs[0].Instructions, json.RootElement.GetProperty("Programs")[0].GetProperty("Instructions").GetInt32());
    }

    [Theory, MemberData(nameof(LoadTests.Objects), MemberType = typeof(LoadTests))]
    public void Every_object_has_a_summary(string path)
    {
        CollectionSpec spec = CollectionSpec.Load(path);
        ObjectSummary summary = ObjectSummary.Of(spec);
        Assert.Equal(new FileInfo(path).Length, summary.FileSize);
        Assert.All(summary.Variables, variable => Assert.NotEqual("", variable.Value));
        Assert.All(summary.Programs, program => Assert.NotEqual("", program.SourceFile));
    }
}
