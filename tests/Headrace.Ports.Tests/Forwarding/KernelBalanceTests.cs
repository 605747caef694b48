namespace Headrace.Ports.Tests.Forwarding;

/// <summary>The balance with interfaces of the kernel, whose own losses are part of it.</summary>
public class KernelBalanceTests
{
    private const string LostSending = "dropped by the interface, sending";

    // Two blocks only at the outer end, so that it loses packets while nobody takes them.
    private const string SmallRing = "blocks=2,block=65536,timeout=1";

    [Theory]
    [InlineData("afxdp", 1500)]
    [InlineData("afxdp", 9000)]
    [InlineData("generic", 1500)]
    [InlineData("packet", 1500)]
    [InlineData("packet", 9000)]
    public void Both_ends_and_the_kernel_between_them_count_the_same(string kind, int mtu)
    {
        RequiresNetwork.OrSkip();
        using VethPair one = new(mtu), two = new(mtu);
        using var wires = new Wires([.. new[] { one, two }.Select(pair => (Spec(kind, pair.Left), $"packet:{pair.Right},{SmallRing}"))]);
        Check(wires, mtu);
    }

    private static void Check(Wires wires, int mtu)
    {
        (ForwarderStatistics statistics, _, long[] taken) = BalanceRun.Run(wires, mtu, restarts: false, SettleIn);
        for (int i = 0; i < 2; i++)
        {
            int port = i;
            NumberedTraffic.Until(() => Out() >= statistics.Ports[port].Sent,
                () => $"{taken[port]} taken, {statistics.Ports[port].Sent} sent by port {port}; inner {Missed(wires.Inner[port])}, outer {Missed(wires.Outer[port])}; {statistics}");
            taken[port] += wires.Take(port).Count;
            Assert.Equal(statistics.Ports[port].Sent, Out());

            long Out()
            {
                taken[port] += wires.Take(port).Count;
                return taken[port] + LostReceiving(wires.Outer[port]) + Lost(wires.Inner[port]);
            }
        }
        // The outer ends took nothing for a while.
        Assert.True(wires.Outer.Sum(LostReceiving) > 0, statistics.ToString());

        void SettleIn(long[] sentIn)
        {
            for (int i = 0; i < 2; i++)
            {
                int port = i;
                NumberedTraffic.Until(() => In(port) >= sentIn[port],
                    () => $"{sentIn[port]} sent in by port {port}, {wires.Outer[port].Queues[0].Unsent} of them still on its ring: inner {wires.Inner[port].ReadStatistics().Received} {Missed(wires.Inner[port])}, outer {Missed(wires.Outer[port])}");
                Assert.Equal(sentIn[port], In(port));
            }
        }

        long In(int port)
        {
            wires.Outer[port].Queues[0].Flush();
            return wires.Inner[port].ReadStatistics().Received + LostReceiving(wires.Inner[port]) + Lost(wires.Outer[port]);
        }
    }

    private static string Spec(string kind, string name) => kind == "generic" ? $"afxdp:{name},mode=generic" : $"{kind}:{name}";

    private static long Lost(IPacketPort sender) => sender.ReadStatistics().Missed.GetValueOrDefault(LostSending);

    private static long LostReceiving(IPacketPort receiver) => receiver.ReadStatistics().Missed.Where(cause => cause.Key != LostSending).Sum(cause => cause.Value);

    private static string Missed(IPacketPort port) => string.Join(", ", port.ReadStatistics().Missed.Select(cause => $"{cause.Key}: {cause.Value}"));
}
