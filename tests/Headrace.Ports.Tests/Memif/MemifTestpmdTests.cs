namespace Headrace.Ports.Tests;

/// <summary>Against DPDK's net_memif: frames go to testpmd and come back.</summary>
public sealed class MemifTestpmdTests : IDisposable
{
    private readonly string _socket = Path.Combine(Path.GetTempPath(), $"headrace-memif-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(_socket);

    [Theory]
    [InlineData("server", "")]
    [InlineData("server", ",copy=no")]
    [InlineData("client", "")]
    public void Testpmd_gets_and_returns_every_frame(string role, string options)
    {
        Testpmd.Require();
        using var port = PortKinds.Open($"memif:{_socket},role={role}{options}");
        using var testpmd = Start(role);
        testpmd.ReturnsEveryFrame(port, Testpmd.Packets, window: 800);
    }

    [Theory]
    [InlineData("server", ",copy=no")]
    [InlineData("client", "")]
    public void Testpmd_may_die_and_come_back(string role, string options)
    {
        Testpmd.Require();
        using var port = PortKinds.Open($"memif:{_socket},role={role}{options}");
        for (int i = 0; i < Testpmd.Restarts; i++)
        {
            if (role == "client")
                File.Delete(_socket); // net_memif does not replace the file that its killed predecessor left
            using var testpmd = Start(role);
            testpmd.ReturnsFrames(port, 2000, window: 800);
            testpmd.Kill();
            NumberedTraffic.Until(() => port.DownReason is not null, () => "testpmd is dead and the port does not know");
        }
    }

    [Fact]
    public void We_may_go_and_come_back()
    {
        // As a client, net_memif looks for its server again only when its port is stopped and started.
        Testpmd.Require();
        using var testpmd = Start("client", "-i");
        testpmd.MeetsAgain($"memif:{_socket},role=client", window: 800, pauses: true);
    }

    private Testpmd Start(string role, params string[] more) =>
        new([$"net_memif0,role={(role == "server" ? "client" : "server")},socket={_socket},socket-abstract=no,id=0"], more: more);
}
