using Headrace.Engine;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary><c>vhost-user:SOCKET</c>: the device of a virtual machine's network card, or of another process's virtio driver.</summary>
internal sealed class VhostPort : PeerPort<VhostQueue>
{
    public static PortKind Kind { get; } = new("vhost-user", "vhost-user:SOCKET[,role=server|client][,queues=N][,mergeable=yes|no][,packed=yes|no][,frame=BYTES]",
        "the network card of a QEMU guest or of DPDK's virtio_user", (spec, options) => new VhostPort(spec, options));

    private VhostPort(PortSpec spec, PortOptions options)
        : base(spec.Require("a socket's path", "role", "queues", "mergeable", "packed", "frame"),
            new PortCapabilities { Headroom = (int)PeerBuffers.Headroom, MaxFrame = spec.Number("frame", 9216, 60, PacketBurst.MaxLength) })
    {
        bool isServer = spec.Choice("role", "server", "server", "client") == "server";
        int queues = spec.Number("queues", Math.Max(1, options.Workers), 1, 128);
        OfferedFeatures = VirtioFeatures.Version1 | VirtioFeatures.AnyLayout | VirtioFeatures.Indirect | VirtioFeatures.InOrder | VirtioFeatures.ProtocolFeatures
            | VirtioFeatures.Status | VirtioFeatures.GuestAnnounce | VirtioFeatures.ControlQueue | (queues > 1 ? VirtioFeatures.MultiQueue : 0)
            | (spec.Flag("mergeable", otherwise: true) ? VirtioFeatures.MergeableBuffers : 0) | (spec.Flag("packed", otherwise: true) ? VirtioFeatures.Packed : 0);
        Open(queues, i => new VhostQueue((uint)Capabilities.MaxFrame) { Index = (uint)i }, UnixSocketType.Stream, isServer, socket => new VhostSession(socket, this));
    }

    /// <summary>What a driver may choose from.</summary>
    internal ulong OfferedFeatures { get; }
}
