using System.Text.Json;
using Headrace.Linux.Tests;
using Headrace.Testing;
using static Headrace.Cli.Tests.Nouns.BpftoolComparison;
using static Headrace.Cli.Tests.Nouns.KernelObjects;

namespace Headrace.Cli.Tests.Nouns;

/// <summary>Debian's bpftool beside our command, on the same objects.</summary>
public class BpftoolTests
{
    private static readonly string[] s_none = [];

    [Theory]
    [InlineData("firewall")]
    [InlineData("tailcall")]
    [InlineData("globals")]
    [InlineData("lb")]
    [InlineData("loop")]
    [InlineData("ddos")]
    [InlineData("record")]
    public void Bpftool_lists_what_we_load_and_says_the_same_of_it(string name)
    {
        using var objects = new KernelObjects();
        if (name != "firewall")
            objects.Load(name);
        string[] programs = Directory.GetFiles(objects[name]), maps = Directory.GetFiles(objects[name + "-maps"]);
        Assert.NotEmpty(programs);
        foreach (string program in programs)
        {
            AssertSame(["loaded-at"], "prog", "show", "pinned", program);
            AssertSame(s_none, "prog", "dump", "xlated", "pinned", program);
        }
        foreach (string map in maps)
            AssertSame(s_none, "map", "show", "pinned", map);
    }

    [Fact]
    public void Dumps_with_opcodes_and_with_line_numbers_are_the_same()
    {
        using var objects = new KernelObjects();
        AssertSame(s_none, "prog", "dump", "xlated", "pinned", objects["firewall/firewall"], "opcodes");
        AssertSame(s_none, "prog", "dump", "xlated", "pinned", objects["firewall/firewall"], "linum");
        using var folder = new TemporaryFolder();
        Linux.Tests.Shell.Run("bpftool", "prog", "dump", "xlated", "pinned", objects["firewall/firewall"], "file", folder.File("theirs"));
        Ours("prog", "dump", "xlated", "pinned", objects["firewall/firewall"], "file", folder.File("ours"));
        Assert.Equal(File.ReadAllBytes(folder.File("theirs")), File.ReadAllBytes(folder.File("ours")));
    }

    [Fact]
    public void Maps_that_we_change_are_read_the_same_way()
    {
        using var objects = new KernelObjects();
        string networks = objects["firewall-maps/networks4"], counters = objects["firewall-maps/counters"];
        Ours("map", "update", "pinned", networks, "key", "hex", "18", "0", "0", "0", "cb", "0", "71", "0", "value", "7", "0", "0", "0", "1", "0", "0", "0");
        Ours("map", "update", "pinned", networks, "key", "hex", "08", "0", "0", "0", "0a", "0", "0", "0", "value", "9", "0", "0", "0", "0", "0", "0", "0");
        Ours("map", "update", "pinned", counters, "key", "7", "0", "0", "0", "value", "hex", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f", "10");
        AssertSame(s_none, "map", "dump", "pinned", networks);
        AssertSame(s_none, "map", "dump", "pinned", counters);
        AssertSame(s_none, "map", "lookup", "pinned", counters, "key", "7", "0", "0", "0");
        AssertSame(s_none, "map", "lookup", "pinned", networks, "key", "hex", "20", "0", "0", "0", "0b", "0", "0", "1");
        AssertSame(s_none, "map", "getnext", "pinned", networks);
        AssertSame(s_none, "map", "getnext", "pinned", networks, "key", "hex", "08", "0", "0", "0", "0a", "0", "0", "0");
        objects.Load("globals");
        foreach (string map in Directory.GetFiles(objects["globals-maps"]))
            AssertSame(s_none, "map", "dump", "pinned", map);
        objects.Load("tailcall");
        AssertSame(s_none, "map", "dump", "pinned", objects["tailcall-maps/stages"]);
        AssertSame(s_none, "map", "dump", "pinned", objects["tailcall-maps/statistics"]);
    }

    [Fact]
    public void Maps_without_types_are_made_and_read_the_same_way()
    {
        using var objects = new KernelObjects();
        string hash = objects["hash"], perCpu = objects["percpu"], devices = objects["devices"], outer = objects["outer"], queue = objects["queue"], stack = objects["stack"];
        Ours("map", "create", hash, "type", "hash", "key", "4", "value", "8", "entries", "16", "name", "plain");
        Ours("map", "update", "pinned", hash, "key", "1", "0", "0", "0", "value", "0x10", "020", "3", "4", "5", "6", "7", "8", "noexist");
        Ours("map", "create", perCpu, "type", "percpu_array", "key", "4", "value", "6", "entries", "2", "name", "percpu");
        Ours("map", "update", "pinned", perCpu, "key", "1", "0", "0", "0", "value", "1", "2", "3", "4", "5", "6");
        Ours("map", "create", devices, "type", "devmap", "key", "4", "value", "4", "entries", "2", "name", "devices");
        Ours("map", "create", outer, "type", "hash_of_maps", "key", "4", "value", "4", "entries", "2", "name", "outer", "inner_map", "pinned", hash);
        Ours("map", "update", "pinned", outer, "key", "1", "0", "0", "0", "value", "pinned", hash);
        foreach (string map in (string[])[hash, perCpu, devices, outer])
        {
            AssertSame(s_none, "map", "show", "pinned", map);
            AssertSame(s_none, "map", "dump", "pinned", map);
        }
        AssertSame(s_none, "map", "lookup", "pinned", hash, "key", "1", "0", "0", "0");
        AssertSame(s_none, "map", "getnext", "pinned", hash);

        // What one of them pushes, the other pops; the last pop finds nothing.
        foreach ((string map, string type) in ((string, string)[])[(queue, "queue"), (stack, "stack")])
        {
            Ours("map", "create", map, "type", type, "key", "0", "value", "4", "entries", "4", "name", type);
            Ours("map", "push", "pinned", map, "value", "1", "2", "3", "4");
            Linux.Tests.Shell.Run("bpftool", "map", "push", "pinned", map, "value", "5", "6", "7", "8");
            Ours("map", "enqueue", "pinned", map, "value", "1", "2", "3", "4");
            Linux.Tests.Shell.Run("bpftool", "map", "push", "pinned", map, "value", "5", "6", "7", "8");
            AssertSame(s_none, "map", "peek", "pinned", map);
            string[] popped = [.. Enumerable.Range(0, 4).Select(i => i % 2 == 0 ? Ours("-j", "map", "pop", "pinned", map) : Theirs("map", "pop", "pinned", map).Document.GetRawText())];
            string first = "{\"key\":[],\"value\":[\"0x01\",\"0x02\",\"0x03\",\"0x04\"]}", second = "{\"key\":[],\"value\":[\"0x05\",\"0x06\",\"0x07\",\"0x08\"]}";
            Assert.Equal(type == "queue" ? [first, second, first, second] : [second, first, second, first], popped.Select(text => text.Trim()));
            AssertSame(s_none, "map", "pop", "pinned", map);
        }

        Assert.Equal("null", Ours("-j", "map", "delete", "pinned", outer, "key", "1", "0", "0", "0").Trim());
        AssertSame(s_none, "map", "lookup", "pinned", outer, "key", "1", "0", "0", "0");
        Ours("map", "freeze", "pinned", hash);
        AssertSame(s_none, "map", "show", "pinned", hash);
        Assert.NotEqual(0, Linux.Tests.Shell.Try("bpftool", "map", "update", "pinned", hash, "key", "2", "0", "0", "0", "value", "0", "0", "0", "0", "0", "0", "0", "0").Code);
    }

    [Fact]
    public void Values_of_every_kind_of_type_are_formatted_the_same_way()
    {
        Linux.Tests.Shell.Require("clang");
        Linux.Tests.Shell.Require("bpftool");
        const string source = """
            typedef unsigned char u8; typedef u8 letters_t[4]; typedef int (*callback_t)(int);
            enum color { RED, GREEN = 5, NEGATIVE = -3 }; enum big { BIG = 0x123456789aULL };
            struct value {
                enum color known, unknown, negative; enum big big; _Bool yes; char name[8]; char raw[4]; u8 unsigned_name[3]; letters_t letters;
                union { int a; long b; }; struct { int x; }; struct { short s; } named; int bits : 5; unsigned more : 7; enum color color_bits : 4;
                void *pointer; const char *text; callback_t callback; signed char sc; char c; __int128 wide; unsigned long long u64; short negative_short;
                char table[2][4]; int none[0]; _Bool flags[2]; enum color colors[2]; const volatile int qualified;
            };
            struct { int (*type)[1]; int (*max_entries)[4]; enum color *key; struct value *value; } values __attribute__((section(".maps"), used));
            static void *(*lookup)(void *, const void *) = (void *)1;
            __attribute__((section("xdp"), used)) int entry(void *context) { int key = 1; struct value *value = lookup(&values, &key); if (value) value->known = 1; return 2; }
            char _license[] __attribute__((section("license"), used)) = "GPL";
            """;
        using var objects = new KernelObjects();
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("types.c"), source);
        Linux.Tests.Shell.Run("clang", "-O2", "-g", "-w", "-target", "bpf", "-c", folder.File("types.c"), "-o", folder.File("types.o"));
        Ours("prog", "load", folder.File("types.o"), objects["types"], "pinmaps", objects["types-maps"]);
        string map = objects["types-maps/values"];
        using JsonDocument shown = JsonDocument.Parse(Ours("-j", "map", "show", "pinned", map));
        int size = shown.RootElement.GetProperty("bytes_value").GetInt32();
        foreach (int step in (int[])[7, 0, 101])
        {
            byte[] value = [.. Enumerable.Range(0, size).Select(i => (byte)(i * step))];
            BitConverter.TryWriteBytes(value.AsSpan(0), 5);
            BitConverter.TryWriteBytes(value.AsSpan(4), 9);
            BitConverter.TryWriteBytes(value.AsSpan(8), -3);
            BitConverter.TryWriteBytes(value.AsSpan(16), 0x123456789aUL);
            value[24] = 1;
            "name\0\0\0\0"u8.CopyTo(value.AsSpan(25));
            string[] words = [.. value.Select(one => one.ToString("x2", System.Globalization.CultureInfo.InvariantCulture))];
            Ours(["map", "update", "pinned", map, "key", "hex", "05", "00", "00", "00", "value", "hex", .. words]);
            AssertSame(s_none, "map", "dump", "pinned", map);
            AssertSame(s_none, "map", "lookup", "pinned", map, "key", "5", "0", "0", "0");
        }
    }

    [Fact]
    public void Test_runs_return_the_same()
    {
        using var objects = new KernelObjects();
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("packet"), new byte[64]);
        File.WriteAllBytes(folder.File("context"), [0, 0, 0, 0, 64, .. new byte[19]]);
        string[] run = ["prog", "run", "pinned", objects["firewall/firewall"], "data_in", folder.File("packet")];
        AssertSame(["duration"], run);
        AssertSame(["duration"], [.. run, "data_out", "-", "repeat", "100"]);
        AssertSame(["duration"], [.. run, "ctx_in", folder.File("context"), "ctx_out", "-"]);
        Ours([.. run, "data_out", folder.File("ours")]);
        Linux.Tests.Shell.Run("bpftool", [.. run, "data_out", folder.File("theirs")]);
        Assert.Equal(File.ReadAllBytes(folder.File("theirs")), File.ReadAllBytes(folder.File("ours")));
    }

    [Fact]
    public void Types_are_dumped_the_same_way()
    {
        using var objects = new KernelObjects();
        string program = objects["firewall/firewall"];
        using JsonDocument shown = JsonDocument.Parse(Ours("-j", "prog", "show", "pinned", program));
        string id = shown.RootElement.GetProperty("btf_id").GetRawText();
        AssertSame(["list-order"], "btf", "show", "id", id);
        AssertSame(["enum-sign"], "btf", "dump", "id", id);
        AssertSame(["enum-sign"], "btf", "dump", "prog", "pinned", program);
        AssertSame(s_none, "btf", "dump", "map", "pinned", objects["firewall-maps/flows"]);
        AssertSame(s_none, "btf", "dump", "map", "pinned", objects["firewall-maps/flows"], "value");
        AssertSame(s_none, "btf", "dump", "file", Path.Combine(Repository.Programs, "globals.bpf.o"));
        AssertSame(["enum-sign"], "btf", "dump", "file", "/sys/kernel/btf/vmlinux");
        foreach (string file in (string[])["/sys/kernel/btf/vmlinux", Path.Combine(Repository.Programs, "globals.bpf.o")])
            Assert.Equal(Linux.Tests.Shell.Run("bpftool", "btf", "dump", "file", file), Ours("btf", "dump", "file", file));
    }

    [Fact]
    public void Features_are_found_the_same()
    {
        Assert.SkipUnless(Headrace.Linux.Kernel.IsAvailable(out string reason), reason);
        JsonElement theirs = Theirs("feature", "probe").Document;
        using JsonDocument document = JsonDocument.Parse(Ours("-j", "feature", "probe"));
        JsonElement ours = document.RootElement;
        foreach (string part in (string[])["system_config", "syscall_config", "program_types", "map_types", "misc"])
        {
            foreach (JsonProperty feature in theirs.GetProperty(part).EnumerateObject())
                Assert.Equal($"{feature.Name}: {feature.Value.GetRawText()}", $"{feature.Name}: {ours.GetProperty(part).GetProperty(feature.Name).GetRawText()}");
        }
        // bpftool 7.1 takes every helper for available on this kernel: its lists are looked at for their names only.
        foreach (JsonProperty program in theirs.GetProperty("helpers").EnumerateObject())
        {
            HashSet<string> known = [.. program.Value.EnumerateArray().Select(helper => helper.GetString()!)];
            string[] found = [.. ours.GetProperty("helpers").GetProperty(program.Name).EnumerateArray().Select(helper => helper.GetString()!)];
            Assert.True(known.Count == 0 || found.Length > 20, program.Name);
        }
        string[] xdp = [.. ours.GetProperty("helpers").GetProperty("xdp_available_helpers").EnumerateArray().Select(helper => helper.GetString()!)];
        Assert.Contains("bpf_xdp_adjust_head", xdp);
        Assert.DoesNotContain("bpf_skb_store_bytes", xdp);
    }

    [Fact]
    public void Programs_on_devices_are_shown_the_same_way()
    {
        using var objects = new KernelObjects();
        using var pair = new VethPair();
        using IDisposable near = pair.EnterNear();
        string program = objects["firewall/firewall"];
        foreach (string mode in (string[])["xdpgeneric", "xdpdrv"])
        {
            Ours("net", "attach", mode, "pinned", program, "dev", VethPair.Device);
            AssertSame(s_none, "net", "show", "dev", VethPair.Device);
            AssertSame(s_none, "net", "show");
            Assert.NotEqual(0, Shell.Run("net", "attach", mode, "pinned", program, "dev", VethPair.Device).Code);
            Ours("net", "attach", mode, "pinned", program, "dev", VethPair.Device, "overwrite");
            Linux.Tests.Shell.Run("bpftool", "net", "detach", mode, "dev", VethPair.Device);
            AssertSame(s_none, "net", "show", "dev", VethPair.Device);
        }
        Linux.Tests.Shell.Run("bpftool", "net", "attach", "xdp", "pinned", program, "dev", VethPair.Device);
        Ours("net", "detach", "xdp", "dev", VethPair.Device);
        AssertSame(s_none, "net", "show");
    }

    [Fact]
    public void Links_are_shown_the_same_way()
    {
        using var objects = new KernelObjects();
        using var pair = new VethPair();
        using IDisposable near = pair.EnterNear();
        string link = objects["link"];
        Ours("xdp", "attach", VethPair.Device, Path.Combine(Repository.Programs, "pass.bpf.o"), "--link", link);
        AssertSame(["link-target"], "link", "show", "pinned", link);
        AssertSame(["link-target", "list-order"], "-f", "link", "show", "pinned", link);
        Assert.Contains($"\"devname\":\"{VethPair.Device}\"", Ours("-j", "link", "show", "pinned", link));
        Ours("link", "pin", "pinned", link, objects["again"]);
        AssertSame(["link-target", "list-order"], "-f", "link", "show", "pinned", objects["again"]);
        Ours("link", "detach", "pinned", link);
        AssertSame(["link-target"], "link", "show", "pinned", link);
        Assert.Empty(Theirs("net", "show").Document[0].GetProperty("xdp").EnumerateArray());
    }

    [Fact]
    public void Pins_are_found_the_same()
    {
        using var objects = new KernelObjects();
        Ours("prog", "pin", "pinned", objects["firewall/firewall"], objects["second"]);
        Ours("map", "pin", "pinned", objects["firewall-maps/flows"], objects["flows"]);
        AssertSame(["loaded-at", "list-order"], "-f", "prog", "show", "pinned", objects["second"]);
        AssertSame(["list-order"], "-f", "map", "show", "pinned", objects["flows"]);
    }

    [Fact]
    public void The_documentation_names_every_difference()
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "bpftool.md"));
        Assert.All(KnownDifferences.All, difference => Assert.Contains($"`{difference.Name}`", text));
    }
}
