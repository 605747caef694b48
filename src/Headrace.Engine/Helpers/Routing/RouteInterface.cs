using System.Net.NetworkInformation;

namespace Headrace.Engine;

/// <summary>An interface as route and MTU look-ups see it.</summary>
/// <param name="Index">Interface index.</param>
/// <param name="Address">Its hardware address, six bytes: the source of packets that leave by it.</param>
/// <param name="Mtu">Largest packet in bytes from the network header on.</param>
public sealed record RouteInterface(uint Index, PhysicalAddress Address, uint Mtu = 1500)
{
    /// <summary>Forward packets that come in by it (<c>net.ipv4.conf.IF.forwarding</c> and its IPv6 sister).</summary>
    public bool Forwarding { get; init; } = true;

    /// <summary>The hardware address as a number, its first byte in the lowest bits.</summary>
    internal ulong PackedAddress { get; } = RouteTable.Pack(Address);
}
