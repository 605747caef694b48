using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Headrace.Engine;

/// <summary>Interfaces, routes and neighbours: what <c>bpf_fib_lookup</c>, <c>bpf_check_mtu</c> and <c>bpf_redirect_neigh</c> look at.</summary>
/// <remarks>Fill it before programs run: changing it beside running programs is not safe. Several machines may share one.</remarks>
public sealed class RouteTable
{
    /// <summary>The number of the table routes go to by default (<c>RT_TABLE_MAIN</c>).</summary>
    public const uint Main = 254;

    private readonly Dictionary<uint, RouteInterface> _interfaces = [];
    private readonly Dictionary<uint, PrefixTable<uint>> _ipv4 = [];
    private readonly Dictionary<uint, PrefixTable<UInt128>> _ipv6 = [];
    private readonly Dictionary<(uint Interface, UInt128 Address, bool IsIpv6), ulong> _neighbours = [];

    /// <summary>The interfaces, in no order.</summary>
    public IReadOnlyCollection<RouteInterface> Interfaces => _interfaces.Values;

    /// <summary>Adds an interface, or replaces the one of the same index.</summary>
    public void Add(RouteInterface link) => _interfaces[link.Index] = link;

    /// <summary>Adds a route. Its interface may be added later; until then look-ups that reach it answer "not forwarded".</summary>
    public void Add(Route route)
    {
        if (IsIpv6(route.Prefix.BaseAddress))
            TableOf(_ipv6, route.Table).Add(ToIpv6(route.Prefix.BaseAddress), route.Prefix.PrefixLength, route);
        else
            TableOf(_ipv4, route.Table).Add(ToIpv4(route.Prefix.BaseAddress), route.Prefix.PrefixLength, route);
    }

    /// <summary>Takes a route away; false when there is none equal to it.</summary>
    public bool Remove(Route route) => IsIpv6(route.Prefix.BaseAddress)
        ? _ipv6.TryGetValue(route.Table, out PrefixTable<UInt128>? ipv6)
            && ipv6.Remove(ToIpv6(route.Prefix.BaseAddress), route.Prefix.PrefixLength, route)
        : _ipv4.TryGetValue(route.Table, out PrefixTable<uint>? ipv4)
            && ipv4.Remove(ToIpv4(route.Prefix.BaseAddress), route.Prefix.PrefixLength, route);

    /// <summary>Says which hardware address a neighbour on an interface's link has.</summary>
    /// <exception cref="ArgumentException">The hardware address has not six bytes.</exception>
    public void AddNeighbour(uint @interface, IPAddress address, PhysicalAddress hardware) =>
        _neighbours[NeighbourKey(@interface, address)] = Pack(hardware);

    /// <summary>Forgets a neighbour; false when it was not known.</summary>
    public bool RemoveNeighbour(uint @interface, IPAddress address) => _neighbours.Remove(NeighbourKey(@interface, address));

    internal RouteInterface? FindInterface(uint index) => _interfaces.GetValueOrDefault(index);

    /// <summary>The route for an IPv4 address in host order; null when no table or route has it.</summary>
    internal Route? FindIpv4(uint table, uint address) => _ipv4.TryGetValue(table, out PrefixTable<uint>? routes) ? routes.Find(address) : null;

    /// <summary>The route for an IPv6 address; null when no table or route has it.</summary>
    internal Route? FindIpv6(uint table, UInt128 address) =>
        _ipv6.TryGetValue(table, out PrefixTable<UInt128>? routes) ? routes.Find(address) : null;

    /// <summary>A neighbour's hardware address, its first byte in the lowest bits.</summary>
    internal bool TryFindNeighbour(uint @interface, UInt128 address, bool isIpv6, out ulong hardware) =>
        _neighbours.TryGetValue((@interface, address, isIpv6), out hardware);

    /// <summary>A hardware address as a number, its first byte in the lowest bits.</summary>
    internal static ulong Pack(PhysicalAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        if (bytes.Length != 6)
            throw new ArgumentException($"hardware address '{address}' has {bytes.Length} bytes, not 6", nameof(address));
        Span<byte> wide = stackalloc byte[8];
        bytes.CopyTo(wide);
        return BinaryPrimitives.ReadUInt64LittleEndian(wide);
    }

    internal static bool IsIpv6(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6;

    internal static uint ToIpv4(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        address.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    internal static UInt128 ToIpv6(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private static (uint, UInt128, bool) NeighbourKey(uint @interface, IPAddress address) =>
        (@interface, IsIpv6(address) ? ToIpv6(address) : ToIpv4(address), IsIpv6(address));

    private static PrefixTable<TAddress> TableOf<TAddress>(Dictionary<uint, PrefixTable<TAddress>> tables, uint number)
        where TAddress : struct, System.Numerics.IBinaryInteger<TAddress>, System.Numerics.IUnsignedNumber<TAddress>
    {
        if (!tables.TryGetValue(number, out PrefixTable<TAddress>? table))
            tables[number] = table = new PrefixTable<TAddress>();
        return table;
    }
}
