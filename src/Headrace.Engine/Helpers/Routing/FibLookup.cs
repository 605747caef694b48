using System.Buffers.Binary;

namespace Headrace.Engine;

/// <summary>The route look-up behind <c>bpf_fib_lookup</c>, over a <see cref="RouteTable"/> in the place of the kernel's tables.</summary>
internal static unsafe class FibLookup
{
    private const byte Inet = 2, Inet6 = 10; // AF_INET, AF_INET6
    private const uint LargestMtu = 0xfff0; // IP_MAX_MTU, include/net/ip.h

    /// <summary>Looks the destination up; a <see cref="FibLookupResult"/> or a negative error number.</summary>
    /// <param name="routes">Where to look.</param>
    /// <param name="parameters">Question and answer.</param>
    /// <param name="flags">How to look.</param>
    /// <param name="checkMtu">Compare the packet's length with the path's MTU (always for XDP).</param>
    public static int Run(RouteTable routes, FibLookupParameters* parameters, FibLookupFlags flags, bool checkMtu)
    {
        if (parameters->Family is not (Inet or Inet6))
            return -Errno.EAFNOSUPPORT;
        RouteInterface? from = routes.FindInterface(parameters->Interface);
        if (from is null)
            return -Errno.ENODEV;
        if (!from.Forwarding)
            return (int)FibLookupResult.ForwardingDisabled;

        uint table = RouteTable.Main;
        if (flags.HasFlag(FibLookupFlags.Direct | FibLookupFlags.TableId))
        {
            table = parameters->Table;
            parameters->Table = 0;
        }

        Route? route;
        if (parameters->Family == Inet)
        {
            route = routes.FindIpv4(table, BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(parameters->Destination, 4)));
        }
        else
        {
            UInt128 destination = ReadIpv6(parameters->Destination);
            if (IsLinkScoped(destination) || IsLinkScoped(ReadIpv6(parameters->Source)))
                return (int)FibLookupResult.NotForwarded;
            route = routes.FindIpv6(table, destination);
        }
        return route is null ? (int)FibLookupResult.NotForwarded : (int)Answer(routes, parameters, flags, checkMtu, route);
    }

    private static FibLookupResult Answer(RouteTable routes, FibLookupParameters* parameters, FibLookupFlags flags, bool checkMtu, Route route)
    {
        switch (route.Kind)
        {
            case RouteKind.Unicast:
                break;
            case RouteKind.Blackhole:
                return FibLookupResult.Blackhole;
            case RouteKind.Unreachable:
                return FibLookupResult.Unreachable;
            case RouteKind.Prohibit:
                return FibLookupResult.Prohibit;
            default:
                return FibLookupResult.NotForwarded;
        }
        RouteInterface? to = routes.FindInterface(route.Interface);
        if (to is null)
            return FibLookupResult.NotForwarded;

        uint mtu = 0;
        if (checkMtu)
        {
            mtu = route.Mtu != 0 ? route.Mtu : Math.Min(to.Mtu, LargestMtu);
            if (parameters->TotalLength > mtu)
            {
                parameters->TotalLength = (ushort)mtu;
                return FibLookupResult.FragmentationNeeded;
            }
        }
        if (route.Encapsulates)
            return FibLookupResult.UnsupportedTunnel;

        bool isIpv6 = parameters->Family == Inet6;
        parameters->Metric = route.Metric;
        parameters->Interface = to.Index;
        if (flags.HasFlag(FibLookupFlags.Source) && !WriteSource(parameters, route))
            return FibLookupResult.NoSourceAddress;
        if (route.Gateway is { } gateway)
        {
            isIpv6 = RouteTable.IsIpv6(gateway);
            parameters->Family = isIpv6 ? Inet6 : Inet;
            gateway.TryWriteBytes(new Span<byte>(parameters->Destination, 16), out _);
        }

        if (!flags.HasFlag(FibLookupFlags.SkipNeighbour))
        {
            UInt128 next = isIpv6
                ? ReadIpv6(parameters->Destination)
                : BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(parameters->Destination, 4));
            if (!routes.TryFindNeighbour(to.Index, next, isIpv6, out ulong hardware))
                return FibLookupResult.NoNeighbour;
            ulong own = to.PackedAddress;
            new ReadOnlySpan<byte>(&hardware, 6).CopyTo(new Span<byte>(parameters->DestinationHardware, 6));
            new ReadOnlySpan<byte>(&own, 6).CopyTo(new Span<byte>(parameters->SourceHardware, 6));
        }
        parameters->Table = 0;
        if (mtu != 0)
            parameters->TotalLength = (ushort)mtu;
        return FibLookupResult.Success;
    }

    private static bool WriteSource(FibLookupParameters* parameters, Route route)
    {
        if (route.Source is null)
            return false;
        route.Source.TryWriteBytes(new Span<byte>(parameters->Source, 16), out _);
        return true;
    }

    private static UInt128 ReadIpv6(byte* address) => BinaryPrimitives.ReadUInt128BigEndian(new ReadOnlySpan<byte>(address, 16));

    /// <summary>Multicast, link-local and loopback addresses, which no router forwards.</summary>
    private static bool IsLinkScoped(UInt128 address) =>
        (byte)(address >> 120) == 0xff || (uint)(address >> 118) == 0x3fa || address == UInt128.One;
}
