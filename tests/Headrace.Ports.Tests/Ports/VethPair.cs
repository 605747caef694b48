namespace Headrace.Ports.Tests;

/// <summary>Two interfaces joined by a wire, up, without addresses of any kind, so that nothing but the test sends.</summary>
internal sealed class VethPair : IDisposable
{
    private static int s_last;

    public VethPair(int mtu = 1500, int queues = 1)
    {
        string name = NextName();
        (Left, Right) = (name + "a", name + "b");
        string queueArguments = $"numrxqueues {queues} numtxqueues {queues}";
        RequiresNetwork.Run($"ip link add {Left} mtu {mtu} {queueArguments} type veth peer name {Right} mtu {mtu} {queueArguments}");
        foreach (string end in (string[])[Left, Right])
        {
            File.WriteAllText($"/proc/sys/net/ipv6/conf/{end}/disable_ipv6", "1");
            RequiresNetwork.Run($"ip link set {end} arp off up");
        }
    }

    public string Left { get; }

    public string Right { get; }

    public static string NextName() => $"hp{Environment.ProcessId % 100000:x}{Interlocked.Increment(ref s_last)}";

    public void Dispose() => RequiresNetwork.TryRun($"ip link del {Left}");
}
