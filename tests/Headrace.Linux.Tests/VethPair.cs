using System.Globalization;

namespace Headrace.Linux.Tests;

/// <summary>Two network namespaces joined by a veth pair, made for one test: <c>near</c> has 10.99.0.1 and fd99::1, <c>far</c> .2 and ::2.</summary>
internal sealed class VethPair : IDisposable
{
    public const string Device = "v0";
    public const string NearAddress = "10.99.0.1", FarAddress = "10.99.0.2", NearAddress6 = "fd99::1", FarAddress6 = "fd99::2";

    private static int s_count;

    public VethPair()
    {
        Shell.Require("ip");
        string unique = string.Create(CultureInfo.InvariantCulture, $"headrace-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");
        Near = unique + "n";
        Far = unique + "f";
        Shell.Run("ip", "netns", "add", Near);
        Shell.Run("ip", "netns", "add", Far);
        Shell.Run("ip", "-n", Near, "link", "add", Device, "type", "veth", "peer", "name", Device, "netns", Far);
        SetUp(Near, NearAddress, NearAddress6);
        SetUp(Far, FarAddress, FarAddress6);
    }

    public string Near { get; }

    public string Far { get; }

    /// <summary>Moves the calling thread to the near end.</summary>
    public IDisposable EnterNear() => NetworkNamespace.Enter(Near);

    /// <summary>Runs a program at the far end.</summary>
    public (int Code, string Output, string Errors) FromFar(string program, params string[] arguments) =>
        Shell.Try("ip", ["netns", "exec", Far, program, .. arguments]);

    public void Dispose()
    {
        Shell.Try("ip", "netns", "del", Near);
        Shell.Try("ip", "netns", "del", Far);
    }

    private static void SetUp(string name, string address, string address6)
    {
        // Without this the kernel sends discovery packets of its own, which counters would count.
        Shell.Run("ip", "netns", "exec", name, "sh", "-c", $"echo 0 > /proc/sys/net/ipv6/conf/{Device}/router_solicitations; echo 0 > /proc/sys/net/ipv6/conf/{Device}/accept_dad; echo 1 > /proc/sys/net/ipv6/conf/{Device}/addr_gen_mode");
        Shell.Run("ip", "-n", name, "addr", "add", address + "/24", "dev", Device);
        Shell.Run("ip", "-n", name, "addr", "add", address6 + "/64", "dev", Device, "nodad");
        Shell.Run("ip", "-n", name, "link", "set", "lo", "up");
        Shell.Run("ip", "-n", name, "link", "set", Device, "up");
    }
}
