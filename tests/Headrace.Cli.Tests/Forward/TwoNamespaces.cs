using System.Diagnostics;
using Headrace.Linux;

namespace Headrace.Cli.Tests.Forward;

/// <summary>Two network namespaces, each with a wire to this one, where nothing joins them but what a test starts. Skips where they cannot be made.</summary>
internal sealed class TwoNamespaces : IDisposable
{
    private static int s_last;

    private readonly string _name = $"hf{Environment.ProcessId % 100000:x}{Interlocked.Increment(ref s_last)}";

    public TwoNamespaces()
    {
        Assert.SkipUnless(Kernel.IsAvailable(out string reason), reason);
        foreach (string tool in (string[])["ip", "ping", "iperf3", "ethtool"])
            Assert.SkipUnless(Exists(tool), $"the command {tool} is missing");
        foreach ((string space, string wire, int number) in Sides)
        {
            (int code, string output) = TryRun($"ip netns add {space}");
            Assert.SkipUnless(code == 0, $"network namespaces cannot be made here: {output.Trim()}");
            Run($"ip link add {wire} type veth peer name {Inner} netns {space}");
            File.WriteAllText($"/proc/sys/net/ipv6/conf/{wire}/disable_ipv6", "1");
            Run($"ip link set {wire} up");
            // Sums left to a device that is none would be wrong on the wire.
            In(space, $"ethtool -K {Inner} tx off txvlan off");
            Run($"ip -n {space} link set lo up");
            Run($"ip -n {space} link set {Inner} up");
            Run($"ip -n {space} addr add 10.99.0.{number}/24 dev {Inner}");
            Run($"ip -n {space} addr add fd99::{number}/64 dev {Inner} nodad");
        }
    }

    public const string Inner = "eth0";

    public string Left => _name + "l";

    public string Right => _name + "r";

    public string LeftWire => _name + "a";

    public string RightWire => _name + "b";

    private (string Space, string Wire, int Number)[] Sides => [(Left, LeftWire, 1), (Right, RightWire, 2)];

    /// <summary>Runs a command in a namespace; its output.</summary>
    public static string In(string space, string command) => Run($"ip netns exec {space} {command}");

    /// <summary>Runs a command in a namespace; how it ended and its output.</summary>
    public static (int Code, string Output) TryIn(string space, string command) => TryRun($"ip netns exec {space} {command}");

    /// <summary>Starts a command that goes on, in a namespace or here.</summary>
    public static Process Start(string? space, string command, params string[] more)
    {
        string[] words = [.. (space is null ? "" : $"ip netns exec {space} ").Split(' ', StringSplitOptions.RemoveEmptyEntries), .. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), .. more];
        return Process.Start(new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    /// <summary>Makes every end of the wires take longer packets.</summary>
    public void SetMtu(int bytes)
    {
        foreach ((string space, string wire, _) in Sides)
        {
            Run($"ip link set {wire} mtu {bytes}");
            Run($"ip -n {space} link set {Inner} mtu {bytes}");
        }
    }

    public void Dispose()
    {
        foreach ((string space, string wire, _) in Sides)
        {
            TryRun($"ip link del {wire}");
            TryRun($"ip netns del {space}");
        }
    }

    private static string Run(string command)
    {
        (int code, string output) = TryRun(command);
        return code == 0 ? output : throw new InvalidOperationException($"'{command}' ended with {code}: {output}");
    }

    private static (int Code, string Output) TryRun(string command)
    {
        using Process process = Start(null, command);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    private static bool Exists(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Any(folder => File.Exists(Path.Combine(folder, tool)));
}
