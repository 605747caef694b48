using System.Globalization;
using Headrace.Bytecode;
using Headrace.Linux.Netlink;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>A network device as rtnetlink(7) describes it, at the moment it was asked, in the calling thread's network namespace.</summary>
/// <param name="Index">Its number in the namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What kind of virtual device it is (<c>veth</c>, <c>bridge</c>); empty for hardware and the loopback.</param>
/// <param name="Mtu">Largest packet in bytes, link header not counted.</param>
/// <param name="Address">Link address; 6 bytes for Ethernet.</param>
/// <param name="IsUp">True when it is administratively up.</param>
/// <param name="RxQueues">Number of receive queues.</param>
/// <param name="TxQueues">Number of transmit queues.</param>
/// <param name="PeerIndex">The other end's or lower device's number (in its own namespace); 0 for none.</param>
/// <param name="Xdp">The XDP programs that run there.</param>
public sealed record NetworkDevice(int Index, string Name, string Kind, int Mtu, byte[] Address, bool IsUp, int RxQueues, int TxQueues, int PeerIndex, XdpState Xdp)
{
    /// <summary>All devices of the calling thread's network namespace, by number.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static IReadOnlyList<NetworkDevice> All()
    {
        using NetlinkSocket socket = NetlinkSocket.Open();
        return [.. RouteLinks.Dump(socket).OrderBy(device => device.Index)];
    }

    /// <summary>Finds a device by name.</summary>
    /// <exception cref="HeadraceException">There is none of that name.</exception>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static NetworkDevice Find(string name) => TryFind(name)
        ?? throw new HeadraceException($"there is no network device '{name}' in this network namespace: 'ip link' lists what there is");

    /// <summary>Finds a device by number.</summary>
    /// <exception cref="HeadraceException">There is none of that number.</exception>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static NetworkDevice Find(int index)
    {
        using NetlinkSocket socket = NetlinkSocket.Open();
        return RouteLinks.TryGet(socket, index, name: null)
            ?? throw new HeadraceException(string.Create(CultureInfo.InvariantCulture, $"there is no network device number {index} in this network namespace: 'ip link' lists what there is"));
    }

    /// <summary>Finds a device by name; null when there is none.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static NetworkDevice? TryFind(string name)
    {
        using NetlinkSocket socket = NetlinkSocket.Open();
        return RouteLinks.TryGet(socket, 0, name);
    }

    /// <summary>The number of the link that holds an XDP program here.</summary>
    /// <param name="program">The program's number.</param>
    /// <returns>Null when it was attached without a link, or when links may not be looked at.</returns>
    public uint? FindXdpLink(uint program)
    {
        try
        {
            foreach (KernelLink link in KernelLink.All())
            {
                if (link.GetInfo() is { Target: LinkTarget.Xdp xdp } info && xdp.InterfaceIndex == (uint)Index && info.ProgramId == program)
                    return info.Id;
            }
        }
        catch (HeadraceException)
        {
            // it may be looked at by others only
        }
        return null;
    }
}
