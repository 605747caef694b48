namespace Headrace.Ports.Tests;

/// <summary>Against DPDK's virtio_user: frames go to testpmd and come back.</summary>
public sealed class VhostTestpmdTests : IDisposable
{
    private readonly string _socket = Path.Combine(Path.GetTempPath(), $"headrace-vhost-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(_socket);

    [Theory]
    [InlineData("server", "packed_vq=0")]
    [InlineData("server", "packed_vq=1")]
    [InlineData("server", "packed_vq=0,mrg_rxbuf=0,in_order=0")]
    [InlineData("server", "packed_vq=1,mrg_rxbuf=0,in_order=0")]
    [InlineData("client", "packed_vq=0,server=1")]
    [InlineData("client", "packed_vq=1,server=1")]
    public void Testpmd_gets_and_returns_every_frame(string role, string device)
    {
        Testpmd.Require();
        using var port = PortKinds.Open($"vhost-user:{_socket},role={role}");
        using var testpmd = Start(device);
        testpmd.ReturnsEveryFrame(port, Testpmd.Packets, window: 800);
    }

    [Theory]
    [InlineData("packed_vq=0")]
    [InlineData("packed_vq=1")]
    public void Testpmd_may_die_and_come_back(string device)
    {
        Testpmd.Require();
        using var port = PortKinds.Open($"vhost-user:{_socket}");
        for (int i = 0; i < Testpmd.Restarts; i++)
        {
            using var testpmd = Start(device);
            testpmd.ReturnsFrames(port, 2000, window: 800);
            testpmd.Kill();
            NumberedTraffic.Until(() => port.DownReason is not null, () => "testpmd is dead and the port does not know");
        }
    }

    [Theory]
    [InlineData("packed_vq=0")]
    [InlineData("packed_vq=1")]
    public void We_may_go_and_come_back(string device)
    {
        Testpmd.Require();
        using var testpmd = Start(device + ",server=1", "-i"); // as a client, virtio_user does not look for its device again
        testpmd.MeetsAgain($"vhost-user:{_socket},role=client", window: 800);
    }

    private Testpmd Start(string device, params string[] more) => new([$"net_virtio_user0,path={_socket},queue_size=1024,{device}"], more: ["--rxd=1024", "--txd=1024", .. more]);
}
