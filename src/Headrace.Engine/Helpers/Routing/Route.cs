using System.Net;

namespace Headrace.Engine;

/// <summary>One route, as <c>ip route add PREFIX via GATEWAY dev INTERFACE</c> says it.</summary>
/// <param name="Prefix">The destinations it is for.</param>
/// <param name="Interface">Index of the interface packets leave by.</param>
public sealed record Route(IPNetwork Prefix, uint Interface)
{
    /// <summary>The next router, of either address family; null when the destination is on the link.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>What happens to the packet.</summary>
    public RouteKind Kind { get; init; } = RouteKind.Unicast;

    /// <summary>MTU of the path in bytes, network header included; 0: the interface's.</summary>
    public uint Mtu { get; init; }

    /// <summary>Priority; of routes to the same prefix the lowest wins.</summary>
    public uint Metric { get; init; }

    /// <summary>Source address for packets made here (<c>src</c>); null when none is preferred.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>The routing table it is in; 254 is <c>main</c>.</summary>
    public uint Table { get; init; } = RouteTable.Main;

    /// <summary>True when the route wraps packets (MPLS, SRv6 and other light tunnels), which a program cannot do through a look-up.</summary>
    public bool Encapsulates { get; init; }
}
