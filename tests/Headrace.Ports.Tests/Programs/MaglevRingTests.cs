using Headrace.Testing;

namespace Headrace.Ports.Tests;

public class MaglevRingTests
{
    private const int Size = 1021;

    [Fact]
    public void Servers_get_equal_shares()
    {
        var shares = MaglevRing.Fill([1, 2, 3, 4, 5], Size).GroupBy(server => server).Select(group => group.Count()).ToList();
        Assert.Equal(5, shares.Count);
        Assert.True(shares.Max() - shares.Min() <= 1, string.Join(' ', shares));
    }

    [Fact]
    public void Few_positions_move_when_a_server_goes()
    {
        uint[] before = MaglevRing.Fill([1, 2, 3, 4, 5], Size), after = MaglevRing.Fill([1, 2, 4, 5], Size);
        int moved = before.Zip(after).Count(pair => pair.First != 3 && pair.First != pair.Second);
        // The paper finds a few percent at sizes a hundred times the number of servers.
        Assert.InRange(moved, 0, Size / 10);
    }

    [Fact]
    public void The_committed_ring_is_the_one_for_the_committed_servers()
    {
        uint[] servers = [.. Elements("lb.reals.json").Select(element => element.Key)];
        uint[] ring = MaglevRing.Fill(servers, Size);
        Assert.Equal(ring.Select((server, position) => ((uint)position, server)), Elements("lb.rings.json"));
    }

    private static IEnumerable<(uint Key, uint Value)> Elements(string file) =>
        ProgramMaps.Read(Path.Combine(Repository.Programs, file)).Select(element => (BitConverter.ToUInt32(element.Key), BitConverter.ToUInt32(element.Value!)));
}
