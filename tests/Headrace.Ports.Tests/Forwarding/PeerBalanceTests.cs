namespace Headrace.Ports.Tests.Forwarding;

/// <summary>The balance with ports whose rings another process shares: full rings, reloads, stops, peers that go and come back.</summary>
public class PeerBalanceTests
{
    [Theory, MemberData(nameof(PeerPairs.Names), MemberType = typeof(PeerPairs))]
    public void Both_ends_count_the_same_when_rings_are_full_at_reload_and_at_stop(string kind)
    {
        (ForwarderStatistics statistics, long[] sentIn, long[] taken) = Run(kind, restarts: false);
        for (int port = 0; port < 2; port++)
        {
            PortStatistics counted = statistics.Ports[port];
            Assert.True(counted.Received + counted.Missed.Values.Sum() == sentIn[port], $"{sentIn[port]} sent in by port {port}; {statistics}");
            Assert.True(counted.Sent == taken[port], $"{taken[port]} came out by port {port}; {statistics}");
        }
        // Nobody took anything for a while: something was refused for want of room.
        Assert.True(statistics.AllRefused > 0, statistics.ToString());
    }

    [Theory, MemberData(nameof(PeerPairs.Names), MemberType = typeof(PeerPairs))]
    public void Every_packet_has_its_place_when_peers_die_and_come_back(string kind)
    {
        (ForwarderStatistics statistics, long[] sentIn, long[] taken) = Run(kind, restarts: true);
        for (int port = 0; port < 2; port++)
        {
            // What lay in the rings of a peer that died is gone with it.
            Assert.InRange(statistics.Ports[port].Received, 1, sentIn[port]);
            Assert.InRange(taken[port], 1, statistics.Ports[port].Sent);
        }
    }

    private static (ForwarderStatistics Statistics, long[] SentIn, long[] Taken) Run(string kind, bool restarts)
    {
        using var wires = new Wires(PeerPairs.Specs(kind), PeerPairs.Specs(kind));
        return BalanceRun.Run(wires, longest: 1500, restarts);
    }
}
