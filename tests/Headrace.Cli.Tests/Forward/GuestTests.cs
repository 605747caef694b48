using System.Text.Json;
using Headrace.Testing;

namespace Headrace.Cli.Tests.Forward;

public sealed class GuestTests : IDisposable
{
    private readonly TwoNamespaces _spaces = new();
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("packed=off,mrg_rxbuf=on")]
    [InlineData("packed=off,mrg_rxbuf=off")]
    [InlineData("packed=on,mrg_rxbuf=on")]
    public void A_guest_pings_through_a_vhost_user_port(string card)
    {
        Assert.SkipUnless(Guest.Obstacle.Length == 0, Guest.Obstacle);
        string socket = _folder.File("vhost");
        using var forwarder = new RunningForwarder(_spaces.Left, "--port", $"vhost-user:{socket}", "--port", "tap:guest0",
            "--program", Path.Combine(Repository.Programs, "pass.bpf.o"), "--pass", "peer");
        TwoNamespaces.In(_spaces.Left, "ip addr add 10.98.0.1/24 dev guest0");
        TwoNamespaces.In(_spaces.Left, "ip link set guest0 up");
        // The second time with a driver that was taken away and loaded again: rings begin anew on the same connection.
        using var guest = new Guest(_folder, socket, card, """
            for time in first second; do
                ip link set eth0 up
                ip addr add 10.98.0.2/24 dev eth0
                ping -c 5 -i 0.2 -W 20 10.98.0.1
                ping -c 5 -i 0.2 -W 20 -s 1472 10.98.0.1
                [ $time = second ] || { rmmod virtio_net; insmod /modules/virtio_net.ko; }
            done
            """);
        string console = guest.Console();
        string[] results = [.. console.Split('\n').Where(line => line.Contains("packet loss", StringComparison.Ordinal)).Select(line => line.Trim())];
        Assert.True(results.Length == 4 && results.All(line => line == "5 packets transmitted, 5 packets received, 0% packet loss"), $"{console}\n{forwarder.Errors}");
        JsonElement balance = forwarder.Stop();
        JsonElement port = balance.GetProperty("ports")[0];
        Assert.True(port.GetProperty("received").GetInt64() >= 20 && port.GetProperty("sent").GetInt64() >= 20, balance.ToString());
    }

    public void Dispose()
    {
        _spaces.Dispose();
        _folder.Dispose();
    }
}
