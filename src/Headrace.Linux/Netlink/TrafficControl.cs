using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Headrace.Linux.Sys;

namespace Headrace.Linux.Netlink;

/// <summary>rtnetlink's messages about the clsact queueing discipline and its BPF filters.</summary>
internal static class TrafficControl
{
    // RTM_*, include/uapi/linux/rtnetlink.h
    private const ushort NewQdisc = 36, DeleteQdisc = 37, GetQdisc = 38, NewFilter = 44, DeleteFilter = 45, GetFilter = 46;
    private const int MessageSize = 20; // struct tcmsg

    private const uint ClsactHandle = 0xffff_0000; // TC_H_MAKE(TC_H_CLSACT, 0)
    private const uint ClsactParent = 0xffff_fff1; // TC_H_CLSACT
    private const uint IngressParent = 0xffff_fff2, EgressParent = 0xffff_fff3; // TC_H_MIN_INGRESS, TC_H_MIN_EGRESS

    // TCA_* and TCA_BPF_*
    private const ushort Kind = 1, Options = 2, BpfFd = 6, BpfName = 7, BpfFlags = 8, BpfId = 11;
    private const uint DirectAction = 1; // TCA_BPF_FLAG_ACT_DIRECT
    private const ushort AllProtocols = 3; // ETH_P_ALL

    /// <summary>Makes the clsact discipline of a device.</summary>
    /// <returns>True when it was made, false when it was there.</returns>
    public static bool EnsureClsact(NetlinkSocket socket, NetworkDevice device)
    {
        ushort flags = NetlinkMessage.Acknowledge | NetlinkMessage.Create | NetlinkMessage.Exclusive;
        var head = new TrafficControlMessage { Index = device.Index, Handle = ClsactHandle, Parent = ClsactParent };
        int result = socket.TryRequest(NetlinkMessage.Of(NewQdisc, flags, head).Add(Kind, "clsact"), null, out string text);
        if (result == -ErrorNumber.EEXIST)
            return false;
        return result == 0 ? true : throw new KernelException("RTM_NEWQDISC", $"clsact on {device.Name}", -result, text);
    }

    /// <summary>Takes the clsact discipline away with all its filters.</summary>
    public static void DeleteClsact(NetlinkSocket socket, NetworkDevice device)
    {
        var head = new TrafficControlMessage { Index = device.Index, Handle = ClsactHandle, Parent = ClsactParent };
        socket.Request(NetlinkMessage.Of(DeleteQdisc, NetlinkMessage.Acknowledge, head).Add(Kind, "clsact"), "RTM_DELQDISC", $"clsact on {device.Name}");
    }

    /// <summary>Adds a filter, or with a handle replaces that one's program.</summary>
    /// <returns>The filter as the kernel made it.</returns>
    public static TcAttachment SetFilter(NetlinkSocket socket, NetworkDevice device, TcDirection direction, KernelProgram program, ushort priority, uint handle)
    {
        ushort flags = NetlinkMessage.Acknowledge | NetlinkMessage.Echo | NetlinkMessage.Create;
        flags |= handle == 0 ? NetlinkMessage.Exclusive : NetlinkMessage.ReplaceExisting;
        TcAttachment? made = null;
        NetlinkMessage request = NetlinkMessage.Of(NewFilter, flags, Head(device, direction, priority, handle)).Add(Kind, "bpf").Add(Options, options =>
            options.Add(BpfFd, program.Descriptor.Value).Add(BpfName, program.Name).Add(BpfFlags, DirectAction));
        socket.Request(request, "RTM_NEWTFILTER", $"a tc filter on {device.Name}", payload => made = Read(payload, direction));
        GC.KeepAlive(program);
        return made ?? throw new KernelException("RTM_NEWTFILTER", $"a tc filter on {device.Name}", ErrorNumber.EPROTO);
    }

    public static int DeleteFilterOf(NetlinkSocket socket, NetworkDevice device, TcAttachment filter, out string text) =>
        socket.TryRequest(NetlinkMessage.Of(DeleteFilter, NetlinkMessage.Acknowledge, Head(device, filter.Direction, filter.Priority, filter.Handle)).Add(Kind, "bpf"), null, out text);

    /// <summary>The BPF filters of a device.</summary>
    public static List<TcAttachment> Filters(NetlinkSocket socket, NetworkDevice device, TcDirection direction)
    {
        List<TcAttachment> filters = [];
        var head = new TrafficControlMessage { Index = device.Index, Parent = ParentOf(direction) };
        int result = socket.TryRequest(NetlinkMessage.Of(GetFilter, NetlinkMessage.Dump, head), payload =>
        {
            if (Read(payload, direction) is { } filter)
                filters.Add(filter);
        }, out string text);
        // A device without clsact answers that the parent is not there.
        return result is 0 or -ErrorNumber.EINVAL or -ErrorNumber.ENOENT ? filters : throw new KernelException("RTM_GETTFILTER", $"tc filters on {device.Name}", -result, text);
    }

    /// <summary>True when a device has the clsact discipline.</summary>
    public static bool HasClsact(NetlinkSocket socket, NetworkDevice device)
    {
        bool found = false;
        // The kernel lists every device's in a dump.
        socket.Request(NetlinkMessage.Of(GetQdisc, NetlinkMessage.Dump, new TrafficControlMessage()), "RTM_GETQDISC", "queueing disciplines", payload =>
        {
            TrafficControlMessage head = MemoryMarshal.Read<TrafficControlMessage>(payload);
            found |= head.Index == device.Index && new NetlinkAttributes(payload[MessageSize..]).Text(Kind) == "clsact";
        });
        return found;
    }

    private static TrafficControlMessage Head(NetworkDevice device, TcDirection direction, ushort priority, uint handle) => new()
    {
        Index = device.Index,
        Handle = handle,
        Parent = ParentOf(direction),
        Info = ((uint)priority << 16) | BinaryPrimitives.ReverseEndianness(AllProtocols),
    };

    private static uint ParentOf(TcDirection direction) => direction == TcDirection.Ingress ? IngressParent : EgressParent;

    private static TcAttachment? Read(ReadOnlySpan<byte> payload, TcDirection direction)
    {
        TrafficControlMessage head = MemoryMarshal.Read<TrafficControlMessage>(payload);
        var attributes = new NetlinkAttributes(payload[MessageSize..]);
        NetlinkAttributes options = attributes.Inside(Options);
        if (attributes.Text(Kind) != "bpf" || options.Number<uint>(BpfId) is not { } program)
            return null;
        return new TcAttachment(program, direction, 0, true, (ushort)(head.Info >> 16), head.Handle, options.Text(BpfName));
    }
}
