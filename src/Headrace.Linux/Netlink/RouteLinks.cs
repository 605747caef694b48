using System.Runtime.InteropServices;
using Headrace.Linux.Sys;

namespace Headrace.Linux.Netlink;

/// <summary>rtnetlink's messages about devices: read them, set their XDP program.</summary>
internal static class RouteLinks
{
    private const ushort GetLink = 18, SetLink = 19; // RTM_GETLINK, RTM_SETLINK
    private const int MessageSize = 16; // struct ifinfomsg
    private const uint Up = 1; // IFF_UP

    // IFLA_*, include/uapi/linux/if_link.h
    private const ushort Address = 1, Name = 3, Mtu = 4, Peer = 5, LinkInfo = 18, LinkInfoKind = 1, TxQueues = 31, RxQueues = 32, Xdp = 43, ExtMask = 29;

    // IFLA_XDP_*
    private const ushort XdpFd = 1, XdpAttached = 2, XdpFlags = 3, XdpProgram = 4, XdpNative = 5, XdpGeneric = 6, XdpHardware = 7, XdpExpectedFd = 8;

    private const uint SkipStatistics = 1 << 3; // RTEXT_FILTER_SKIP_STATS

    public static List<NetworkDevice> Dump(NetlinkSocket socket)
    {
        List<NetworkDevice> devices = [];
        NetlinkMessage request = NetlinkMessage.Of(GetLink, NetlinkMessage.Dump, new InterfaceMessage()).Add(ExtMask, SkipStatistics);
        socket.Request(request, "RTM_GETLINK", "network devices", payload => devices.Add(Read(payload)));
        return devices;
    }

    /// <summary>A device by number, or by name where <paramref name="name"/> is given; null when there is none.</summary>
    public static NetworkDevice? TryGet(NetlinkSocket socket, int index, string? name)
    {
        NetworkDevice? device = null;
        NetlinkMessage request = NetlinkMessage.Of(GetLink, 0, new InterfaceMessage { Index = index }).Add(ExtMask, SkipStatistics);
        if (name is not null)
            request.Add(Name, name);
        int result = socket.TryRequest(request, payload => device = Read(payload), out string text);
        // A name longer than the kernel's 15 characters is ERANGE.
        if (result is -ErrorNumber.ENODEV or -ErrorNumber.ERANGE)
            return null;
        return result == 0 ? device : throw new KernelException("RTM_GETLINK", $"network device {name ?? $"{index}"}", -result, text);
    }

    /// <summary>Sets or takes away (descriptor -1) a device's XDP program.</summary>
    /// <returns>0 or -errno.</returns>
    public static int SetXdp(NetlinkSocket socket, int index, int program, uint flags, int? expected, out string text)
    {
        NetlinkMessage request = NetlinkMessage.Of(SetLink, NetlinkMessage.Acknowledge, new InterfaceMessage { Index = index });
        request.Add(Xdp, xdp =>
        {
            xdp.Add(XdpFd, program).Add(XdpFlags, flags);
            if (expected is { } descriptor)
                xdp.Add(XdpExpectedFd, descriptor);
        });
        return socket.TryRequest(request, null, out text);
    }

    private static NetworkDevice Read(ReadOnlySpan<byte> payload)
    {
        InterfaceMessage head = MemoryMarshal.Read<InterfaceMessage>(payload);
        var attributes = new NetlinkAttributes(payload[MessageSize..]);
        NetlinkAttributes xdp = attributes.Inside(Xdp);
        var state = new XdpState(
            Attached: (XdpAttached)(xdp.Number<byte>(RouteLinks.XdpAttached) ?? 0),
            ProgramId: xdp.Number<uint>(XdpProgram) ?? 0,
            NativeProgramId: xdp.Number<uint>(XdpNative) ?? 0,
            GenericProgramId: xdp.Number<uint>(XdpGeneric) ?? 0,
            HardwareProgramId: xdp.Number<uint>(XdpHardware) ?? 0);
        return new NetworkDevice(head.Index, attributes.Text(Name), attributes.Inside(LinkInfo).Text(LinkInfoKind), (int)(attributes.Number<uint>(Mtu) ?? 0),
            attributes.TryFind(Address, out ReadOnlySpan<byte> address) ? address.ToArray() : [], (head.Flags & Up) != 0,
            (int)(attributes.Number<uint>(RxQueues) ?? 1), (int)(attributes.Number<uint>(TxQueues) ?? 1), (int)(attributes.Number<uint>(Peer) ?? 0), state);
    }
}
