namespace Headrace.Engine;

/// <summary>What a route does with a packet (<c>RTN_*</c>, rtnetlink(7)).</summary>
public enum RouteKind
{
    /// <summary>Forward to the next hop or, without one, to the destination on the interface's link.</summary>
    Unicast,
    /// <summary>The destination is this host.</summary>
    Local,
    /// <summary>Deliver to everyone on the link.</summary>
    Broadcast,
    /// <summary>A multicast destination.</summary>
    Multicast,
    /// <summary>Drop without a word.</summary>
    Blackhole,
    /// <summary>Answer that the host cannot be reached.</summary>
    Unreachable,
    /// <summary>Answer that it is forbidden.</summary>
    Prohibit,
}
