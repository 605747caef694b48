namespace Headrace.Ports.Tests;

/// <summary>Against DPDK's net_vhost: frames go to testpmd and come back.</summary>
public sealed class VirtioUserTestpmdTests : IDisposable
{
    private readonly string _socket = Path.Combine(Path.GetTempPath(), $"headrace-virtio-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(_socket);

    [Theory]
    [InlineData("", "")]
    [InlineData(",packed", "")]
    [InlineData(",role=server", ",client=1")]
    [InlineData(",role=server,packed", ",client=1")]
    public void Testpmd_gets_and_returns_every_frame(string options, string device)
    {
        Testpmd.Require();
        using var port = PortKinds.Open($"virtio-user:{_socket},ring=1024{options}");
        using var testpmd = Start(device);
        testpmd.ReturnsEveryFrame(port, Testpmd.Packets, window: 800);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",packed")]
    public void Testpmd_may_die_and_come_back(string options)
    {
        Testpmd.Require();
        using var port = PortKinds.Open($"virtio-user:{_socket},ring=1024{options}");
        for (int i = 0; i < Testpmd.Restarts; i++)
        {
            File.Delete(_socket); // net_vhost does not replace the file that its killed predecessor left
            using var testpmd = Start("");
            testpmd.ReturnsFrames(port, 2000, window: 800);
            testpmd.Kill();
            NumberedTraffic.Until(() => port.DownReason is not null, () => "testpmd is dead and the port does not know");
        }
    }

    [Theory]
    [InlineData("", "")]
    [InlineData(",packed", "")]
    [InlineData(",role=server", ",client=1")]
    public void We_may_go_and_come_back(string options, string device)
    {
        Testpmd.Require();
        using var testpmd = Start(device, "-i");
        testpmd.MeetsAgain($"virtio-user:{_socket},ring=1024{options}", window: 800);
    }

    private Testpmd Start(string device, params string[] more) => new([$"net_vhost0,iface={_socket}{device}"], more: more);
}
