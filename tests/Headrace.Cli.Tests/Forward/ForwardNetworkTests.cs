using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Headrace.Testing;

namespace Headrace.Cli.Tests.Forward;

public sealed class ForwardNetworkTests : IDisposable
{
    private readonly TwoNamespaces _spaces = new();
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("afxdp")]
    [InlineData("packet")]
    public void Two_namespaces_talk_through_the_firewall_and_what_it_blocks_stays_out(string kind)
    {
        // One source address is blocked: { prefix length, address } to { rule 5, drop }.
        string rules = Write("networks4.json", """[{"key":"200000000a630042","value":"0500000001000000"}]""");
        TwoNamespaces.In(_spaces.Left, $"ip addr add 10.99.0.66/24 dev {TwoNamespaces.Inner}");
        using var forwarder = new RunningForwarder(null, "--port", $"{kind}:{_spaces.LeftWire}", "--port", $"{kind}:{_spaces.RightWire}",
            "--program", Path.Combine(Repository.Programs, "firewall.bpf.o"), "--map", $"networks4={rules}", "--pass", "peer");

        Assert.Equal(0, LossOf("ping -c 3 -i 0.1 -W 2 10.99.0.2"));
        Assert.Equal(0, LossOf("ping -c 3 -i 0.1 -W 2 fd99::2"));
        Assert.Equal(0, LossOf("ping -c 3 -i 0.1 -W 2 -s 5000 10.99.0.2")); // fragments
        Assert.Equal(100, LossOf("ping -c 2 -i 0.1 -W 1 -I 10.99.0.66 10.99.0.2"));

        JsonElement tcp = Iperf("-n 20M");
        Assert.InRange(tcp.GetProperty("end").GetProperty("sum_received").GetProperty("bytes").GetInt64(), 15L << 20, 21L << 20); // what was on its way when the client hung up is not counted
        JsonElement udp = Iperf("-u -b 20M -t 1 -l 1200");
        Assert.InRange(udp.GetProperty("end").GetProperty("sum").GetProperty("lost_percent").GetDouble(), 0, 20);

        JsonElement balance = forwarder.Stop();
        Assert.True(balance.GetProperty("passed").GetInt64() > 10_000);
        Assert.InRange(balance.GetProperty("dropped").GetInt64(), 2, 50);
        Assert.True(balance.GetProperty("latencyNs").GetProperty("count").GetInt64() >= balance.GetProperty("passed").GetInt64() - balance.GetProperty("refused").EnumerateObject().Sum(cause => cause.Value.GetInt64()));
    }

    [Theory]
    [InlineData("packet")]
    [InlineData("afxdp")]
    public void Jumbo_frames_go_through_whole(string kind)
    {
        _spaces.SetMtu(9000);
        using var forwarder = new RunningForwarder(null, "--port", $"{kind}:{_spaces.LeftWire}", "--port", $"{kind}:{_spaces.RightWire}",
            "--program", Path.Combine(Repository.Programs, "pass.bpf.o"), "--pass", "peer");
        Assert.Equal(0, LossOf("ping -c 5 -i 0.1 -W 2 -M do -s 8972 10.99.0.2")); // 9000 bytes with its headers, not to be fragmented
        JsonElement tcp = Iperf("-n 20M");
        Assert.InRange(tcp.GetProperty("end").GetProperty("sum_received").GetProperty("bytes").GetInt64(), 15L << 20, 21L << 20);
    }

    [Fact]
    public void Rules_change_under_traffic_by_a_signal_and_no_packet_is_lost()
    {
        string rules = Write("networks4.json", "[]");
        using var forwarder = new RunningForwarder(null, "--port", $"afxdp:{_spaces.LeftWire}", "--port", $"afxdp:{_spaces.RightWire}",
            "--program", Path.Combine(Repository.Programs, "firewall.bpf.o"), "--map", $"networks4={rules}", "--pass", "peer");
        using Process ping = TwoNamespaces.Start(_spaces.Left, "ping -c 150 -i 0.01 -W 2 10.99.0.2");
        for (int i = 0; i < 3; i++)
        {
            Thread.Sleep(300);
            forwarder.Signal("HUP");
        }
        string output = ping.StandardOutput.ReadToEnd();
        ping.WaitForExit();
        Assert.True(Loss(output) == 0, output);
        forwarder.AwaitError("headrace: reloaded");

        Write("networks4.json", """[{"key":"200000000a630001","value":"0500000001000000"}]""");
        forwarder.Signal("HUP");
        Eventually(() => LossOf("ping -c 1 -W 1 10.99.0.2") == 100, "the new rule does not block");
        Write("networks4.json", "no JSON");
        forwarder.Signal("HUP");
        forwarder.AwaitError("not reloaded, the old program goes on");
        Assert.Equal(100, LossOf("ping -c 1 -W 1 10.99.0.2"));
        forwarder.Stop();
    }

    [Fact]
    public void Dns_goes_to_the_bypass_while_the_kernel_keeps_its_ssh_connections()
    {
        Assert.SkipUnless(Ports.FlowFilter.Obstacle.Length == 0, Ports.FlowFilter.Obstacle);
        using var bridge = new RunningForwarder(null, "--port", $"packet:{_spaces.LeftWire}", "--port", $"packet:{_spaces.RightWire}",
            "--program", Path.Combine(Repository.Programs, "pass.bpf.o"), "--pass", "peer");
        string socket = _folder.File("control");
        // In the right namespace itself: what comes for its UDP port 53 is a program's, TCP port 22 and ICMP are the kernel's.
        using var forwarder = new RunningForwarder(_spaces.Right, "--port", $"afxdp:{TwoNamespaces.Inner}", "--program", Path.Combine(Repository.Programs, "drop.bpf.o"),
            "--flows", "udp dst port 53", "--control", socket);
        Assert.Equal(0, LossOf("ping -c 3 -i 0.1 -W 2 10.99.0.2"));
        using Process connection = TwoNamespaces.Start(_spaces.Right, "iperf3 -s -1 -p 22 --forceflush");
        connection.StandardOutput.ReadLine();
        using Process client = TwoNamespaces.Start(_spaces.Left, "iperf3 -c 10.99.0.2 -p 22 -t 3 -b 50M -J");
        Send("53", 50);
        Assert.Equal("udp dst port 53\n", Ask(socket, "flows"));
        Assert.Equal("ok\n", Ask(socket, "flows add icmp"));
        Assert.Equal(100, LossOf("ping -c 1 -W 1 10.99.0.2"));
        Assert.Equal("ok\n", Ask(socket, "flows remove icmp"));
        Assert.Equal(0, LossOf("ping -c 2 -i 0.1 -W 2 10.99.0.2"));
        Assert.StartsWith("error: ", Ask(socket, "flows remove icmp"), StringComparison.Ordinal);
        Assert.StartsWith("error: filter 'prt 7'", Ask(socket, "flows add prt 7"), StringComparison.Ordinal);
        JsonElement tcp = JsonDocument.Parse(client.StandardOutput.ReadToEnd()).RootElement;
        Assert.False(tcp.TryGetProperty("error", out JsonElement error), error.ToString());
        JsonElement balance = forwarder.Stop();
        // 50 datagrams and the one ping while ICMP was steered here.
        Assert.Equal((51, 51), (balance.GetProperty("received").GetInt64(), balance.GetProperty("dropped").GetInt64()));
        // After the stop the kernel has everything again, with the connections it had.
        Assert.Equal(0, LossOf("ping -c 2 -i 0.1 -W 2 10.99.0.2"));
    }

    [Fact]
    public void Packets_that_pass_reach_the_stack_of_their_own_interface()
    {
        using var bridge = new RunningForwarder(null, "--port", $"packet:{_spaces.LeftWire}", "--port", $"packet:{_spaces.RightWire}",
            "--program", Path.Combine(Repository.Programs, "pass.bpf.o"), "--pass", "peer");
        using var forwarder = new RunningForwarder(_spaces.Right, "--port", $"afxdp:{TwoNamespaces.Inner}", "--program", Path.Combine(Repository.Programs, "pass.bpf.o"),
            "--metrics", "127.0.0.1:9177");
        Assert.Equal(0, LossOf("ping -c 3 -i 0.1 -W 2 10.99.0.2"));
        Assert.Equal(0, LossOf("ping -c 3 -i 0.1 -W 2 fd99::2"));
        JsonElement tcp = Iperf("-n 2M");
        Assert.False(tcp.TryGetProperty("error", out JsonElement error), error.ToString());
        string metrics = TwoNamespaces.In(_spaces.Right, "cat /proc/net/dev");
        Assert.Contains("hr", metrics, StringComparison.Ordinal); // the TAP interface
        JsonElement balance = forwarder.Stop();
        Assert.True(balance.GetProperty("passed").GetInt64() > 100);
        Assert.Equal(0, LossOf("ping -c 2 -i 0.1 -W 2 10.99.0.2"));
    }

    public void Dispose()
    {
        _spaces.Dispose();
        _folder.Dispose();
    }

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder.File(name), text);
        return _folder.File(name);
    }

    private int LossOf(string ping) => Loss(TwoNamespaces.TryIn(_spaces.Left, ping).Output);

    private static int Loss(string output) =>
        Regex.Match(output, @"([\d.]+)% packet loss") is { Success: true } match
            ? (int)double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"ping said: {output}");

    private JsonElement Iperf(string arguments)
    {
        using Process server = TwoNamespaces.Start(_spaces.Right, "iperf3 -s -1 --forceflush");
        server.StandardOutput.ReadLine(); // it says when it listens
        (_, string output) = TwoNamespaces.TryIn(_spaces.Left, $"iperf3 -c 10.99.0.2 -J {arguments}");
        server.Kill();
        return JsonDocument.Parse(output).RootElement.Clone();
    }

    // UDP datagrams to a port that nobody in the kernel answers.
    private void Send(string port, int count)
    {
        using Process process = TwoNamespaces.Start(_spaces.Left, "bash -c", $"for i in $(seq {count}); do echo $i > /dev/udp/10.99.0.2/{port}; done");
        process.WaitForExit();
    }

    private static string Ask(string socket, string command) => Ports.TextServer.Ask(socket, command);

    private static void Eventually(Func<bool> condition, string otherwise)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15), otherwise);
    }
}
