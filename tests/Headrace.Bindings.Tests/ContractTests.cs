using Microsoft.CodeAnalysis;

namespace Headrace.Bindings.Tests;

/// <summary>Changes of the C source break the C# build with a message that names what changed.</summary>
public class ContractTests
{
    private const string Source = """
        enum action { ACTION_DROP, ACTION_PASS };
        struct rule { __u32 number; __u16 weight; enum action action : 4; };
        struct event { __u64 time; __u32 length; };
        struct event *unused __attribute__((unused));
        struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 16); __type(key, __u32); __type(value, struct rule); } rules SEC(".maps");
        struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");
        const volatile __u32 limit = 5;
        __u64 packets;
        SEC("xdp") int judge(struct xdp_md *ctx)
        {
            __u32 key = limit;
            struct rule *rule = bpf_map_lookup_elem(&rules, &key);
            struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
            if (event) { event->time = 1; bpf_ringbuf_submit(event, 0); }
            packets++;
            return rule ? XDP_DROP : XDP_PASS;
        }
        """;

    private const string Consumer = """
        using Headrace.Bindings;
        public static class Consumer
        {
            public static ulong Use()
            {
                Face.Spec spec = Face.Open();
                spec.Variables.Limit = 7;
                using Face.UserSpace face = Face.LoadUserSpace(spec);
                face.Maps.Rules[7] = new Face.Rule { Number = 1, Weight = 2, Action = Face.Action.ActionPass };
                var seen = new Face.Event { Time = 1, Length = 2 };
                return face.Variables.Packets + face.Maps.Rules[7].Number + (uint)face.Maps.Rules[7].Action + (uint)face.Programs.Judge.Id * 0 + seen.Length;
            }
        }
        [BpfObject("made.bpf.o")]
        public partial class Face;
        """;

    [Fact]
    public void An_unchanged_source_builds_and_its_contract_stays()
    {
        Workshop.RequireClang();
        using var workshop = new Workshop();
        Generated first = workshop.Generate(Source, Consumer);
        Assert.Empty(first.Reported);
        Assert.Empty(first.Compiled);
        string contract = File.ReadAllText(Path.Combine(workshop.Folder, "made.bpf.contract"));
        Assert.Contains("map rules Hash 4 8 u32 struct:rule", contract);
        Assert.DoesNotContain(workshop.Folder, contract);
        Assert.Equal(4ul, first.Load().GetType("Consumer")!.GetMethod("Use")!.Invoke(null, null));
        Assert.Empty(workshop.Generate("// a comment\n" + Source, Consumer).Reported);
        Assert.Equal(contract, File.ReadAllText(Path.Combine(workshop.Folder, "made.bpf.contract")));
    }

    [Theory]
    [InlineData("rules", "verdicts", "HR0102", "map 'rules' is gone: 'verdicts' is new and the same otherwise, was it renamed?", "'Rules'")]
    [InlineData("__u32 number;", "__u64 number;", "HR0103", "struct 'rule' (value of map 'rules') has changed: it had 8 bytes, it has 16; field 'number' was '__u32 number', it is '__u64 number'", null)]
    [InlineData("__u32 number;", "__u32 number, flags;", "HR0103", "field 'flags' is new at byte 4", null)]
    [InlineData("__u16 weight", "__u16 mass", "HR0103", "field 'weight' is gone: 'mass' is new and the same otherwise, was it renamed?", "'Weight'")]
    [InlineData("__u32 number; __u16 weight;", "__u16 weight; __u32 number;", "HR0103", "field 'number' was at byte 0, it is at byte 4", null)]
    [InlineData("action : 4", "action : 3", "HR0103", "field 'action' was 'enum action action : 4', it is 'enum action action : 3'", null)]
    [InlineData("struct rule {", "struct judgement_unused { int x; }; struct rule { __u8 mark;", "HR0103", "field 'mark' is new at byte 0", null)]
    [InlineData("__u64 time;", "__u64 time, more;", "HR0103", "struct 'event' has changed", null)]
    [InlineData("ACTION_DROP, ACTION_PASS", "ACTION_PASS, ACTION_DROP", "HR0104", "enum 'action' has changed: constant 'ACTION_DROP' was 0, it is 1", null)]
    [InlineData("packets", "frames", "HR0105", "variable 'packets' is gone: 'frames' is new and the same otherwise, was it renamed?", "'Packets'")]
    [InlineData("__u64 packets", "__u32 packets", "HR0105", "variable 'packets' was u64 (8 bytes), it is u32 (4 bytes)", null)]
    [InlineData("const volatile __u32 limit", "volatile __u32 limit", "HR0105", "variable 'limit' was constant, it is writable", null)]
    [InlineData("int judge(", "int decide(", "HR0101", "program 'judge' is gone: 'decide' is new and the same otherwise, was it renamed?", "'Judge'")]
    [InlineData("SEC(\"xdp\")", "SEC(\"tc\")", "HR0101", "program 'judge' was of type Xdp, it is of type SchedCls", null)]
    [InlineData("BPF_MAP_TYPE_HASH", "BPF_MAP_TYPE_LRU_HASH", "HR0102", "map 'rules' was of type Hash, it is of type LruHash", null)]
    [InlineData("__type(key, __u32)", "__type(key, __u64)", "HR0102", "the key of map 'rules' was u32 (4 bytes), it is u64 (8 bytes)", null)]
    public void A_change_breaks_the_build_and_is_named(string before, string after, string id, string message, string? missing)
    {
        Workshop.RequireClang();
        using var workshop = new Workshop();
        Assert.Empty(workshop.Generate(Source, Consumer).Reported);
        string changed = Source.Replace(before, after);
        if (after.Contains("__u64)", StringComparison.Ordinal))
            changed = changed.Replace("__u32 key =", "__u64 key =");
        if (after.Contains("tc", StringComparison.Ordinal))
            changed = changed.Replace("struct xdp_md", "struct __sk_buff");
        Assert.NotEqual(Source, changed);

        Generated broken = workshop.Generate(changed, Consumer);
        Diagnostic[] errors = [.. broken.Reported.Where(diagnostic => diagnostic.Id == id)];
        Assert.True(errors.Any(diagnostic => diagnostic.GetMessage().Contains(message)), broken.Messages);
        Assert.All(errors, diagnostic => Assert.Equal(DiagnosticSeverity.Error, diagnostic.Severity));
        // Where the C# itself stumbles, the compiler says so as well.
        if (missing is not null)
            Assert.True(broken.Compiled.Any(diagnostic => diagnostic.Id is "CS1061" or "CS0117" && diagnostic.GetMessage().Contains(missing)), broken.Messages);

        // It stays broken until somebody wants it.
        Assert.NotEmpty(workshop.Generate(changed, Consumer).Reported);
        Assert.Empty(workshop.Generate(changed, Consumer, accept: true).Reported);
        Assert.Empty(workshop.Generate(changed, Consumer).Reported);
        Assert.NotEmpty(workshop.Generate(Source, Consumer).Reported);
    }

    [Fact]
    public void What_is_added_needs_no_accepting_and_is_kept_from_then_on()
    {
        Workshop.RequireClang();
        using var workshop = new Workshop();
        Assert.Empty(workshop.Generate(Source, Consumer).Reported);
        Assert.Empty(workshop.Generate(Source + "\n__u64 more;", Consumer).Reported);
        Generated gone = workshop.Generate(Source, Consumer);
        Assert.Contains("variable 'more' is gone", Assert.Single(gone.Reported).GetMessage());
    }

    [Fact]
    public void A_contract_that_is_no_contract_is_told()
    {
        Workshop.RequireClang();
        using var workshop = new Workshop();
        File.WriteAllText(Path.Combine(workshop.Folder, "made.bpf.contract"), "headrace-contract 1\nmap x\n");
        Diagnostic error = Assert.Single(workshop.Generate(Source, Consumer).Reported);
        Assert.Equal("HR0100", error.Id);
        Assert.Contains("made.bpf.contract cannot be read: line 2", error.GetMessage());
    }

    [Fact]
    public void Servers_and_editors_write_no_contract()
    {
        Workshop.RequireClang();
        using var workshop = new Workshop();
        workshop.Write("made.bpf.c", Source);
        Assert.Equal(0, workshop.Build(["made.bpf.c"], server: true));
        Assert.Equal(0, workshop.Build(["made.bpf.c"], designTime: true));
        Assert.False(File.Exists(Path.Combine(workshop.Folder, "made.bpf.contract")));
    }
}
