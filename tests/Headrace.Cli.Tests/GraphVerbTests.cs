using System.Text.Json;
using Headrace.Testing;

namespace Headrace.Cli.Tests;

public class GraphVerbTests
{
    private static readonly string s_firewall = Path.Combine(Repository.Programs, "firewall.bpf.o");

    [Theory]
    [InlineData("svg", "<svg")]
    [InlineData("dot", "digraph")]
    [InlineData("json", "{")]
    public void Each_format_is_the_answer_alone(string format, string begin)
    {
        (int code, string output, string error) = Shell.Run("graph", s_firewall, "--format", format);
        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith(begin, output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_lists_passes_but_those_switched_off()
    {
        (int code, _, string error) = Shell.Run("graph", s_firewall, "--report", "--disable-pass", "narrow", "--disable-pass", "merge-loads");
        Assert.Equal(0, code);
        Assert.Contains("fold-constants", error, StringComparison.Ordinal);
        Assert.DoesNotContain("merge-loads", error, StringComparison.Ordinal);
        Assert.Contains("critical path", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_profile_counts_firings_a_packet()
    {
        (int code, string output, string error) = Shell.Run("graph", s_firewall, "--format", "json", "--profile", "gen:packets=200", "--report");
        Assert.Equal(0, code);
        Assert.Contains("200 packets:", error, StringComparison.Ordinal);
        JsonElement first = JsonDocument.Parse(output).RootElement.GetProperty("functions")[0].GetProperty("blocks")[0];
        Assert.Contains(first.GetProperty("actors").EnumerateArray(), actor => actor.GetProperty("firingsPerPacket").GetDouble() == 1);
    }

    [Theory]
    [InlineData("--format", "png", "svg, dot or json")]
    [InlineData("--disable-pass", "fold", "there is no pass 'fold'")]
    public void What_does_not_exist_is_a_usage_error(string option, string value, string expected)
    {
        (int code, _, string error) = Shell.Run("graph", s_firewall, option, value);
        Assert.Equal(2, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }
}
