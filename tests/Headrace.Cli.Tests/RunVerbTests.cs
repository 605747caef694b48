using System.Security.Cryptography;
using System.Text.Json;
using Headrace.Ports;
using Headrace.Testing;

namespace Headrace.Cli.Tests;

public class RunVerbTests
{
    private const string Traffic = "gen:packets=500,flows=50,seed=7";

    private static string Program(string name) => Path.Combine(Repository.Programs, name + ".bpf.o");

    [Theory]
    [InlineData("interpreter")]
    [InlineData("jit")]
    public void Json_has_the_contract_s_members(string engine)
    {
        (int code, string output, _) = Shell.Run("run", Program("drop"), "--in", Traffic, "--engine", engine, "--json");
        Assert.Equal(0, code);
        JsonElement answer = JsonDocument.Parse(output).RootElement;
        Assert.Equal(["object", "program", "engine", "packets", "bytes", "verdicts", "nsPerPacket"], answer.EnumerateObject().Select(member => member.Name));
        Assert.Equal("drop", answer.GetProperty("program").GetString());
        Assert.Equal(engine, answer.GetProperty("engine").GetString());
        Assert.Equal(500, answer.GetProperty("packets").GetInt64());
        Assert.Equal(["XDP_ABORTED", "XDP_DROP", "XDP_PASS", "XDP_TX", "XDP_REDIRECT"], answer.GetProperty("verdicts").EnumerateObject().Select(member => member.Name));
        Assert.Equal(500, answer.GetProperty("verdicts").GetProperty("XDP_DROP").GetInt64());
        Assert.True(answer.GetProperty("nsPerPacket").GetDouble() > 0);
    }

    [Fact]
    public void Stages_of_the_batch_engine_are_told_on_standard_error()
    {
        (int code, string output, string error) = Shell.Run("run", Program("lb"), "--in", Traffic, "--engine", "batch", "--stages", "all", "--json");
        Assert.Equal(0, code);
        Assert.Equal("batch", JsonDocument.Parse(output).RootElement.GetProperty("engine").GetString());
        Assert.Matches(@"stages: \d+ of \d+ look-ups fetched ahead", error);
        Assert.Matches(@"connections +lru_hash .* KiB  lb\.bpf\.c:\d+", error);
        Assert.Equal(0, Shell.Run("run", Program("lb"), "--in", Traffic, "--engine", "batch", "--stages", "2").Code);
    }

    [Fact]
    public void Stages_come_to_what_is_looked_up_behind_other_look_ups()
    {
        // The destination of this traffic's only flow is a virtual address: its connection is looked up next, then the ring.
        string vips = Path.Combine(Path.GetTempPath(), $"headrace-vips-{Guid.NewGuid():N}.json");
        File.WriteAllText(vips, """[{"key":"c633640d00000000000000000000000001bb1100","value":"0000000000000000"}]""");
        try
        {
            (int code, _, string error) = Shell.Run("run", Program("lb"), "--in", "gen:packets=300,flows=1,seed=3", "--map", $"vips={vips}", "--engine", "batch", "--stages", "all");
            Assert.Equal(0, code);
            Assert.Matches(@"vips +hash .* stage 1, 100 % of packets", error);
            Assert.Matches(@"connections +lru_hash .* stage 2, 100 % of packets", error);
            Assert.Matches(@"rings +array .* stage 3, 100 % of packets", error);
        }
        finally
        {
            File.Delete(vips);
        }
    }

    [Theory]
    [InlineData("batch", "many")]
    [InlineData("batch", "9")]
    [InlineData("jit", "all")]
    public void Stages_that_there_are_not_are_usage_errors(string engine, string stages)
    {
        (int code, _, string error) = Shell.Run("run", Program("drop"), "--in", Traffic, "--engine", engine, "--stages", stages);
        Assert.Equal(2, code);
        Assert.Contains("--stages", error);
    }

    [Fact]
    public void Repeats_play_the_source_again()
    {
        (_, string output, _) = Shell.Run("run", Program("pass"), "--in", Traffic, "--repeat", "3", "--json");
        JsonElement answer = JsonDocument.Parse(output).RootElement;
        Assert.Equal(1500, answer.GetProperty("packets").GetInt64());
        Assert.Equal(1500, answer.GetProperty("verdicts").GetProperty("XDP_PASS").GetInt64());
    }

    [Fact]
    public void Results_have_a_line_a_packet_with_the_hash_of_what_the_program_left()
    {
        using var folder = new TemporaryFolder();
        string results = folder.File("results.jsonl");
        Assert.Equal(0, Shell.Run("run", Program("macswap"), "--in", Traffic, "--results", results, "--repeat", "2").Code);

        string[] lines = File.ReadAllLines(results);
        Assert.Equal(500, lines.Length);
        using PacketSource source = PacketSource.Open(Traffic);
        for (int index = 0; source.TryRead(out Packet packet); index++)
        {
            byte[] swapped = packet.Data.ToArray();
            packet.Data[..6].CopyTo(swapped.AsSpan(6));
            packet.Data[6..12].CopyTo(swapped);
            JsonElement line = JsonDocument.Parse(lines[index]).RootElement;
            Assert.Equal(index, line.GetProperty("index").GetInt32());
            Assert.Equal(3, line.GetProperty("verdict").GetInt32());
            Assert.Equal(swapped.Length, line.GetProperty("length").GetInt32());
            Assert.Equal(Convert.ToHexStringLower(SHA1.HashData(swapped)), line.GetProperty("sha1").GetString());
        }
    }

    [Fact]
    public void The_capture_written_holds_the_packets_that_go_on()
    {
        using var folder = new TemporaryFolder();
        string passed = folder.File("passed.pcap"), dropped = folder.File("dropped.pcap");
        Assert.Equal(0, Shell.Run("run", Program("pass"), "--in", Traffic, "--out", passed).Code);
        Assert.Equal(0, Shell.Run("run", Program("drop"), "--in", Traffic, "--out", dropped).Code);
        Assert.Equal(500, Count(passed));
        Assert.Equal(0, Count(dropped));

        static int Count(string path)
        {
            using PacketSource source = PacketSource.Open(path);
            int count = 0;
            while (source.TryRead(out _))
                count++;
            return count;
        }
    }

    [Fact]
    public void Maps_are_filled_before_and_dumped_after_in_the_same_form()
    {
        using var folder = new TemporaryFolder();
        string rules = folder.File("rules.json");
        string key = "18000000cb007100", value = "0700000001000000"; // { length 24, 203.0.113.0 } -> { number 7, drop }
        File.WriteAllText(rules, $$"""[{"key":"{{key}}","value":"{{value}}"}]""");
        (int code, string output, string error) = Shell.Run("run", Program("firewall"), "--in", Traffic, "--map", $"networks4={rules}", "--dump-maps", "--json");
        Assert.True(code == 0, error);
        JsonElement entry = Assert.Single(JsonDocument.Parse(output).RootElement.GetProperty("maps").GetProperty("networks4").EnumerateArray());
        Assert.Equal(key, entry.GetProperty("key").GetString());
        Assert.Equal(value, entry.GetProperty("value").GetString());
    }

    [Theory]
    [InlineData("nosuchmap=x.json", "has no map 'nosuchmap'; it has: ")]
    [InlineData("flows=nowhere.json", "nowhere.json")]
    public void A_map_or_file_that_is_not_there_is_named(string map, string expected)
    {
        (int code, string output, string error) = Shell.Run("run", Program("firewall"), "--in", Traffic, "--map", map);
        Assert.Equal(1, code);
        Assert.Empty(output);
        Assert.Contains(expected, error);
    }

    [Fact]
    public void A_program_that_is_not_there_is_answered_with_the_names_that_are()
    {
        (int code, _, string error) = Shell.Run("run", Program("tailcall"), "--in", Traffic, "--program", "nope");
        Assert.Equal(1, code);
        Assert.Contains("has no program 'nope'; it has: ", error);
        Assert.Contains("entry", error);
    }

    [Fact]
    public void A_global_is_set_before_the_run()
    {
        // Everything shorter than `smallest` is dropped (programs/globals.bpf.c); XDP_PASS otherwise.
        (int code, string output, string error) = Shell.Run("run", Program("globals"), "--in", Traffic, "--set", "smallest=0x2000", "--json");
        Assert.True(code == 0, error);
        Assert.Equal(500, JsonDocument.Parse(output).RootElement.GetProperty("verdicts").GetProperty("XDP_DROP").GetInt64());
    }

    [Theory]
    [InlineData("nosuch=1", "it has: ")]
    [InlineData("smallest=ten", "no number")]
    [InlineData("smallest=0x100000000", "does not fit 4 bytes")]
    [InlineData("smallest=hex:0102", "the variable has 4")]
    public void A_global_that_cannot_be_set_so_is_refused(string setting, string expected)
    {
        (int code, _, string error) = Shell.Run("run", Program("globals"), "--in", Traffic, "--set", setting);
        Assert.Equal(1, code);
        Assert.Contains(expected, error);
    }

    [Fact]
    public void A_trace_shows_instructions_and_registers_and_a_profile_counts_them()
    {
        (int code, string output, string error) = Shell.Run("run", Program("drop"), "--in", "gen:packets=2", "--trace", "--json");
        Assert.Equal(0, code);
        Assert.Equal("interpreter", JsonDocument.Parse(output).RootElement.GetProperty("engine").GetString());
        Assert.Equal(2, error.Split("returns 0x1").Length - 1);
        Assert.Contains("(95) exit", error);

        (_, _, error) = Shell.Run("run", Program("drop"), "--in", "gen:packets=2", "--profile");
        Assert.Contains("drop: 4 instructions", error);
    }

    [Fact]
    public void A_damaged_capture_says_where()
    {
        using var folder = new TemporaryFolder();
        string capture = folder.File("damaged.pcap");
        File.WriteAllBytes(capture, [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0]);
        (int code, _, string error) = Shell.Run("run", Program("pass"), "--in", capture);
        Assert.Equal(1, code);
        Assert.Contains("damaged.pcap", error);
    }

    [Fact]
    public void The_demo_shows_verdicts_rates_and_rules()
    {
        (int code, string output, string error) = Shell.Run("demo");
        Assert.True(code == 0, error);
        Assert.Contains("XDP_DROP", output);
        Assert.Contains("packets a second", output);
        Assert.Contains("rule 10", output);
    }

    [Fact]
    public void A_report_tells_passes_and_what_the_token_simulator_counted()
    {
        (int code, _, string error) = Shell.Run("run", Program("firewall"), "--in", Traffic, "--engine", "dataflow", "--report", "--disable-pass", "narrow");
        Assert.Equal(0, code);
        Assert.Matches(@"(?m)^fold-constants +[1-9]", error);
        Assert.DoesNotContain("narrow ", error);
        foreach (string counted in (string[])["actors,", "links;", "critical path", "firings a packet", "actors fire in a cycle, at most", "tokens wait"])
            Assert.Contains(counted, error);
    }

    [Theory]
    [InlineData("interpreter", "--report", "does not run")]
    [InlineData("dataflow", "--disable-pass=nosuch", "there is no pass 'nosuch'")]
    public void Reports_and_passes_that_there_are_not_are_usage_errors(string engine, string option, string expected)
    {
        (int code, _, string error) = Shell.Run("run", Program("drop"), "--in", Traffic, "--engine", engine, option);
        Assert.Equal(2, code);
        Assert.Contains(expected, error);
    }
}
