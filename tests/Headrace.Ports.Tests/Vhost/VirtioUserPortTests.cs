namespace Headrace.Ports.Tests;

/// <summary>Our driver and our device, over one socket.</summary>
public sealed class VirtioUserPortTests : IDisposable
{
    private readonly string _socket = Path.Combine(Path.GetTempPath(), $"headrace-virtio-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(_socket);

    [Theory]
    [InlineData("", "")]
    [InlineData("", ",packed")]
    [InlineData(",mergeable=no", "")]
    [InlineData(",mergeable=no", ",packed")]
    [InlineData(",queues=2", ",queues=4,ring=16")]
    [InlineData(",queues=4", ",queues=3,ring=8,packed")]
    public void Frames_pass_both_ways_whole_and_in_order(string deviceOptions, string driverOptions)
    {
        using var device = PortKinds.Open($"vhost-user:{_socket}{deviceOptions}");
        using var driver = PortKinds.Open($"virtio-user:{_socket}{driverOptions}");
        NumberedTraffic.UntilUp(device, driver);
        for (int queue = 0; queue < Math.Min(device.Queues.Count, driver.Queues.Count); queue++)
        {
            NumberedTraffic.OneWay(driver.Queues[queue], device.Queues[queue], 30_000, NumberedTraffic.Lengths(22, 1514));
            NumberedTraffic.OneWay(device.Queues[queue], driver.Queues[queue], 30_000, NumberedTraffic.Lengths(22, 1514));
        }
    }

    [Theory]
    [InlineData(",buffer=256")]
    [InlineData(",buffer=256,packed")]
    public void Frames_longer_than_a_buffer_pass_in_several(string driverOptions)
    {
        using var device = PortKinds.Open($"vhost-user:{_socket}");
        using var driver = PortKinds.Open($"virtio-user:{_socket}{driverOptions}");
        NumberedTraffic.UntilUp(device, driver);
        NumberedTraffic.OneWay(device.Queues[0], driver.Queues[0], 10_000, NumberedTraffic.Lengths(22, 9000));
    }

    [Theory]
    [InlineData("")]
    [InlineData(",packed")]
    public void Either_side_may_go_and_come_back(string driverOptions)
    {
        using var device = PortKinds.Open($"vhost-user:{_socket}");
        for (int i = 0; i < 20; i++)
        {
            using var driver = PortKinds.Open($"virtio-user:{_socket}{driverOptions}");
            NumberedTraffic.UntilUp(device, driver);
            NumberedTraffic.OneWay(driver.Queues[0], device.Queues[0], 1000, NumberedTraffic.Lengths(22, 1514));
            NumberedTraffic.OneWay(device.Queues[0], driver.Queues[0], 1000, NumberedTraffic.Lengths(22, 1514));
            driver.Dispose();
            NumberedTraffic.Until(() => device.DownReason is not null, () => "the driver is gone and the device does not know");
        }
        using var patient = PortKinds.Open($"virtio-user:{_socket}-2{driverOptions}");
        for (int i = 0; i < 20; i++)
        {
            using var other = PortKinds.Open($"vhost-user:{_socket}-2");
            NumberedTraffic.UntilUp(other, patient);
            NumberedTraffic.OneWay(patient.Queues[0], other.Queues[0], 1000, NumberedTraffic.Lengths(22, 1514));
            NumberedTraffic.OneWay(other.Queues[0], patient.Queues[0], 1000, NumberedTraffic.Lengths(22, 1514));
            other.Dispose();
            NumberedTraffic.Until(() => patient.DownReason is not null, () => "the device is gone and the driver does not know");
        }
    }
}
