using System.Net;
using System.Net.NetworkInformation;

namespace Headrace.Engine.Tests.Helpers;

public unsafe class FibLookupTests
{
    private const byte Inet = 2, Inet6 = 10;

    private readonly RouteTable _routes = new();

    public FibLookupTests()
    {
        _routes.Add(new RouteInterface(1, PhysicalAddress.Parse("02-00-00-00-00-01")));
        _routes.Add(new RouteInterface(2, PhysicalAddress.Parse("02-00-00-00-00-02"), 1400));
        _routes.Add(new RouteInterface(3, PhysicalAddress.Parse("02-00-00-00-00-03")) { Forwarding = false });
        _routes.Add(new Route(IPNetwork.Parse("0.0.0.0/0"), 1) { Gateway = IPAddress.Parse("192.0.2.1") });
        _routes.Add(new Route(IPNetwork.Parse("10.0.0.0/8"), 2) { Metric = 7, Source = IPAddress.Parse("10.0.0.9") });
        _routes.Add(new Route(IPNetwork.Parse("10.1.0.0/16"), 2) { Kind = RouteKind.Blackhole });
        _routes.Add(new Route(IPNetwork.Parse("10.2.0.0/16"), 2) { Kind = RouteKind.Unreachable });
        _routes.Add(new Route(IPNetwork.Parse("10.3.0.0/16"), 2) { Kind = RouteKind.Prohibit });
        _routes.Add(new Route(IPNetwork.Parse("10.4.0.0/16"), 2) { Kind = RouteKind.Local });
        _routes.Add(new Route(IPNetwork.Parse("10.5.0.0/16"), 2) { Encapsulates = true });
        _routes.Add(new Route(IPNetwork.Parse("10.6.0.0/16"), 2) { Gateway = IPAddress.Parse("2001:db8::6") });
        _routes.Add(new Route(IPNetwork.Parse("10.7.0.0/16"), 2) { Mtu = 600 });
        _routes.Add(new Route(IPNetwork.Parse("10.0.0.0/8"), 1) { Table = 100 });
        _routes.Add(new Route(IPNetwork.Parse("2001:db8::/32"), 2));
        _routes.AddNeighbour(1, IPAddress.Parse("192.0.2.1"), PhysicalAddress.Parse("02-00-00-00-01-01"));
        _routes.AddNeighbour(2, IPAddress.Parse("10.9.9.9"), PhysicalAddress.Parse("02-00-00-00-02-09"));
        _routes.AddNeighbour(2, IPAddress.Parse("2001:db8::6"), PhysicalAddress.Parse("02-00-00-00-02-06"));
    }

    [Theory]
    [InlineData("10.1.2.3", FibLookupResult.Blackhole)]
    [InlineData("10.2.2.3", FibLookupResult.Unreachable)]
    [InlineData("10.3.2.3", FibLookupResult.Prohibit)]
    [InlineData("10.4.2.3", FibLookupResult.NotForwarded)]
    [InlineData("10.5.2.3", FibLookupResult.UnsupportedTunnel)]
    [InlineData("10.8.2.3", FibLookupResult.NoNeighbour)]
    [InlineData("10.9.9.9", FibLookupResult.Success)]
    [InlineData("203.0.113.1", FibLookupResult.Success)]
    [InlineData("2001:db8::6", FibLookupResult.Success)]
    [InlineData("2001:db8::7", FibLookupResult.NoNeighbour)]
    [InlineData("2001:db9::7", FibLookupResult.NotForwarded)]
    [InlineData("fe80::1", FibLookupResult.NotForwarded)]
    [InlineData("ff02::1", FibLookupResult.NotForwarded)]
    internal void Answers_what_the_longest_route_says(string destination, FibLookupResult expected)
    {
        FibLookupParameters parameters = Question(destination);
        Assert.Equal((int)expected, FibLookup.Run(_routes, &parameters, FibLookupFlags.None, checkMtu: true));
    }

    [Fact]
    public void Success_fills_in_interface_addresses_metric_and_mtu()
    {
        FibLookupParameters parameters = Question("10.9.9.9");
        Assert.Equal(0, FibLookup.Run(_routes, &parameters, FibLookupFlags.Source, checkMtu: true));
        Assert.Equal(2u, parameters.Interface);
        Assert.Equal(7u, parameters.Metric);
        Assert.Equal(1400, parameters.TotalLength);
        Assert.Equal("020000000002", Convert.ToHexString(new ReadOnlySpan<byte>(parameters.SourceHardware, 6)));
        Assert.Equal("020000000209", Convert.ToHexString(new ReadOnlySpan<byte>(parameters.DestinationHardware, 6)));
        Assert.Equal("0A000009", Convert.ToHexString(new ReadOnlySpan<byte>(parameters.Source, 4)));
    }

    [Fact]
    public void A_gateway_takes_the_destinations_place()
    {
        FibLookupParameters parameters = Question("203.0.113.1");
        Assert.Equal(0, FibLookup.Run(_routes, &parameters, FibLookupFlags.None, checkMtu: true));
        Assert.Equal("C0000201", Convert.ToHexString(new ReadOnlySpan<byte>(parameters.Destination, 4)));

        parameters = Question("10.6.0.1");
        Assert.Equal(0, FibLookup.Run(_routes, &parameters, FibLookupFlags.None, checkMtu: true));
        Assert.Equal(Inet6, parameters.Family);
        Assert.Equal("20010DB8000000000000000000000006", Convert.ToHexString(new ReadOnlySpan<byte>(parameters.Destination, 16)));
        Assert.Equal("020000000206", Convert.ToHexString(new ReadOnlySpan<byte>(parameters.DestinationHardware, 6)));
    }

    [Fact]
    public void A_packet_longer_than_the_path_allows_is_told_the_mtu()
    {
        FibLookupParameters parameters = Question("10.7.0.1");
        parameters.TotalLength = 601;
        Assert.Equal((int)FibLookupResult.FragmentationNeeded, FibLookup.Run(_routes, &parameters, FibLookupFlags.None, checkMtu: true));
        Assert.Equal(600, parameters.TotalLength);
    }

    [Fact]
    public void The_neighbour_can_be_left_out_and_the_table_chosen()
    {
        FibLookupParameters parameters = Question("10.8.2.3");
        Assert.Equal(0, FibLookup.Run(_routes, &parameters, FibLookupFlags.SkipNeighbour, checkMtu: true));

        parameters = Question("10.1.2.3");
        parameters.Table = 100;
        FibLookupFlags flags = FibLookupFlags.Direct | FibLookupFlags.TableId | FibLookupFlags.SkipNeighbour;
        Assert.Equal(0, FibLookup.Run(_routes, &parameters, flags, checkMtu: true));
        Assert.Equal(1u, parameters.Interface);
    }

    [Fact]
    public void Unknown_families_and_interfaces_are_errors()
    {
        FibLookupParameters parameters = Question("10.9.9.9");
        parameters.Interface = 99;
        Assert.Equal(-Errno.ENODEV, FibLookup.Run(_routes, &parameters, FibLookupFlags.None, checkMtu: true));
        parameters.Interface = 3;
        Assert.Equal((int)FibLookupResult.ForwardingDisabled, FibLookup.Run(_routes, &parameters, FibLookupFlags.None, checkMtu: true));
        parameters.Family = 1;
        Assert.Equal(-Errno.EAFNOSUPPORT, FibLookup.Run(_routes, &parameters, FibLookupFlags.None, checkMtu: true));
    }

    [Fact]
    public void The_lowest_metric_wins_until_it_is_removed()
    {
        var better = new Route(IPNetwork.Parse("10.0.0.0/8"), 1) { Metric = 1 };
        _routes.Add(better);
        Assert.Same(better, _routes.FindIpv4(RouteTable.Main, 0x0a080203));
        Assert.True(_routes.Remove(better));
        Assert.Equal(2u, _routes.FindIpv4(RouteTable.Main, 0x0a080203)!.Interface);
        Assert.False(_routes.Remove(better));
    }

    private static FibLookupParameters Question(string destination)
    {
        var address = IPAddress.Parse(destination);
        var parameters = new FibLookupParameters { Family = RouteTable.IsIpv6(address) ? Inet6 : Inet, Interface = 1, TotalLength = 500 };
        address.TryWriteBytes(new Span<byte>(parameters.Destination, 16), out _);
        return parameters;
    }
}
