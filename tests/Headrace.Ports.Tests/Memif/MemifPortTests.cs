namespace Headrace.Ports.Tests;

public sealed class MemifPortTests : IDisposable
{
    private readonly string _socket = Path.Combine(Path.GetTempPath(), $"headrace-memif-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(_socket);

    [Theory]
    [InlineData("", "")]
    [InlineData(",copy=no", "")]
    [InlineData(",queues=2", ",queues=4,ring=64")]
    [InlineData(",copy=no", ",ring=8,buffer=128")]
    public void Frames_pass_both_ways_whole_and_in_order(string serverOptions, string clientOptions)
    {
        using var server = PortKinds.Open($"memif:{_socket},role=server{serverOptions}");
        using var client = PortKinds.Open($"memif:{_socket},role=client{clientOptions}");
        NumberedTraffic.UntilUp(server, client);
        for (int queue = 0; queue < Math.Min(server.Queues.Count, client.Queues.Count); queue++)
        {
            NumberedTraffic.OneWay(client.Queues[queue], server.Queues[queue], 50_000, NumberedTraffic.Lengths(22, 1514));
            NumberedTraffic.OneWay(server.Queues[queue], client.Queues[queue], 50_000, NumberedTraffic.Lengths(22, 1514));
        }
    }

    [Fact]
    public void Frames_longer_than_a_buffer_pass_in_several()
    {
        using var server = PortKinds.Open($"memif:{_socket},role=server");
        using var client = PortKinds.Open($"memif:{_socket},role=client,buffer=2048");
        NumberedTraffic.UntilUp(server, client);
        NumberedTraffic.OneWay(client.Queues[0], server.Queues[0], 3000, NumberedTraffic.Lengths(22, 40_000));
        NumberedTraffic.OneWay(server.Queues[0], client.Queues[0], 3000, NumberedTraffic.Lengths(22, 40_000));
    }
}
