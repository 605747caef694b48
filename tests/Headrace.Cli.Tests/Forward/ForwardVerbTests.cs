using System.Text.Json;
using Headrace.Testing;

namespace Headrace.Cli.Tests.Forward;

public class ForwardVerbTests
{
    private static string Firewall => Path.Combine(Repository.Programs, "firewall.bpf.o");

    [Fact]
    public void A_capture_goes_through_a_program_into_another_and_the_balance_is_printed()
    {
        using var folder = new TemporaryFolder();
        string output = folder.File("out.pcap");
        (int code, string text, string error) = Shell.Run("forward", "--port", "gen:packets=50000", "--port", $"pcap:out={output}", "--program", Firewall,
            "--map", $"networks4={Path.Combine(Repository.Programs, "firewall.networks4.json")}", "--pass", "peer", "--seconds", "1", "--interval", "0.2");
        Assert.True(code == 0, error);
        Assert.Matches(@"^received 50,000 = dropped [\d,]+ \+ passed [\d,]+ \+ sent 0 \+ redirected 0 \+ aborted 0 \+ refused 0\n$", text);
        (_, string run, _) = Shell.Run("run", Firewall, "--in", "gen:packets=50000", "--map", $"networks4={Path.Combine(Repository.Programs, "firewall.networks4.json")}", "--json");
        long passed = JsonDocument.Parse(run).RootElement.GetProperty("verdicts").GetProperty("XDP_PASS").GetInt64();
        Assert.Contains($"passed {passed:N0} ", text, StringComparison.Ordinal);
        (_, string reread, _) = Shell.Run("run", Path.Combine(Repository.Programs, "pass.bpf.o"), "--in", output, "--json");
        Assert.Equal(passed, JsonDocument.Parse(reread).RootElement.GetProperty("packets").GetInt64());
    }

    [Fact]
    public void Json_is_a_line_a_look_and_the_last_is_final()
    {
        (int code, string text, string error) = Shell.Run("forward", "--port", "gen:packets=1000", "--program", Path.Combine(Repository.Programs, "macswap.bpf.o"),
            "--seconds", "0.5", "--interval", "0.1", "--json");
        Assert.True(code == 0, error);
        JsonElement[] lines = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.True(lines.Length > 2);
        Assert.All(lines[..^1], line => Assert.False(line.GetProperty("final").GetBoolean()));
        Assert.True(lines[^1].GetProperty("final").GetBoolean());
        Assert.Equal((1000, 1000, 0), (lines[^1].GetProperty("received").GetInt64(), lines[^1].GetProperty("sent").GetInt64(), lines[^1].GetProperty("inFlight").GetInt64()));
        Assert.Equal("gen:packets=1000", lines[^1].GetProperty("ports")[0].GetProperty("port").GetString());
    }

    [Theory]
    [InlineData(2, "--port is missing", "--program", "x")]
    [InlineData(2, "--program is missing", "--port", "null:")]
    [InlineData(2, "--pass: 'up' is none of stack, peer, drop", "--port", "null:", "--program", "x", "--pass", "up")]
    [InlineData(2, "--idle: '7' is none of adaptive, spin, poll, sleep", "--port", "null:", "--program", "x", "--idle", "7")]
    [InlineData(2, "--cpus: '999' is no processor", "--port", "null:", "--program", "x", "--cpus", "0,999")]
    [InlineData(2, "--workers: 1 to 256", "--port", "null:", "--program", "x", "--workers", "0")]
    [InlineData(2, "--ask: whom?", "--ask", "reload")]
    [InlineData(1, "/nosuch", "--port", "null:", "--program", "/nosuch")]
    [InlineData(1, "is a forwarder running with --control /nosuch?", "--control", "/nosuch", "--ask", "reload")]
    public void What_makes_no_sense_is_said(int code, string message, params string[] arguments)
    {
        (int answer, string output, string error) = Shell.Run(["forward", .. arguments]);
        Assert.Equal((code, ""), (answer, output));
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nosuch:x", "there is no kind of port 'nosuch'")]
    [InlineData("x", "a port is kind:NAME,key=value")]
    [InlineData("afxdp:nosuch0", "there is no interface 'nosuch0' here")]
    public void A_port_that_cannot_be_opened_is_an_error_in_words(string port, string message)
    {
        (int code, _, string error) = Shell.Run("forward", "--port", port, "--program", Firewall);
        Assert.Equal(1, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Flows_want_a_port_that_can_steer() =>
        Assert.Contains("flows are steered by afxdp: ports", Shell.Run("forward", "--port", "null:", "--program", Firewall, "--flows", "udp").Error, StringComparison.Ordinal);

    [Fact]
    public void Metrics_and_control_answer_while_it_forwards()
    {
        using var folder = new TemporaryFolder();
        string socket = folder.File("socket");
        var forward = new Thread(() => Shell.Run("forward", "--port", "gen:packets=777", "--program", Path.Combine(Repository.Programs, "macswap.bpf.o"), "--seconds", "4",
            "--control", socket));
        forward.Start();
        while (!File.Exists(socket) && forward.IsAlive)
            Thread.Sleep(10);
        string metrics = "";
        while (forward.IsAlive && !metrics.Contains("headrace_packets_total{outcome=\"sent\"} 777", StringComparison.Ordinal))
            metrics = Shell.Run("forward", "--control", socket, "--ask", "metrics").Out;
        Assert.Contains("headrace_packets_total{outcome=\"sent\"} 777\n", metrics, StringComparison.Ordinal);
        Assert.Contains("headrace_port_received_packets_total{port=\"gen:packets=777\"} 777\n", metrics, StringComparison.Ordinal);
        Assert.Equal((0, "ok\n"), (Shell.Run("forward", "--control", socket, "--ask", "reload").Code, Shell.Run("forward", "--control", socket, "--ask", "reload").Out));
        Assert.Contains("is no command", Shell.Run("forward", "--control", socket, "--ask", "dance").Error, StringComparison.Ordinal);
        forward.Join();
        Assert.False(File.Exists(socket));
    }

    [Fact]
    public void Ports_lists_every_kind_and_says_what_is_missing()
    {
        (int code, string text, _) = Shell.Run("ports");
        Assert.Equal(0, code);
        foreach (string kind in (string[])["afxdp", "packet", "tap", "loop", "gen", "pcap", "null"])
            Assert.Contains($"\n{kind} ", "\n" + text, StringComparison.Ordinal);
        JsonElement[] kinds = [.. JsonDocument.Parse(Shell.Run("ports", "--json").Out).RootElement.EnumerateArray()];
        Assert.All(kinds, kind => Assert.NotEqual(kind.GetProperty("available").GetBoolean(), kind.TryGetProperty("reason", out _)));
    }
}
