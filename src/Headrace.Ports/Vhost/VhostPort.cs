using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary><c>vhost-user:SOCKET</c>: the device of a virtual machine's network card, or of another process's virtio driver.</summary>
internal sealed class VhostPort : IPacketPort
{
    public static PortKind Kind { get; } = new("vhost-user", "vhost-user:SOCKET[,role=server|client][,queues=N][,mergeable=yes|no][,packed=yes|no][,frame=BYTES]",
        "the network card of a QEMU guest or of DPDK's virtio_user", (spec, _) => new VhostPort(spec));

    private readonly VhostQueue[] _queues;
    private readonly PeerThread _thread;
    private uint _ifindex;

    private VhostPort(PortSpec spec)
    {
        Spec = spec.Require("a socket's path", "role", "queues", "mergeable", "packed", "frame");
        bool isServer = spec.Choice("role", "server", "server", "client") == "server";
        int queues = spec.Number("queues", 1, 1, 128);
        int frame = spec.Number("frame", 9216, 60, PacketBurst.MaxLength);
        OfferedFeatures = VirtioFeatures.Version1 | VirtioFeatures.AnyLayout | VirtioFeatures.Indirect | VirtioFeatures.InOrder | VirtioFeatures.ProtocolFeatures
            | VirtioFeatures.Status | VirtioFeatures.GuestAnnounce | VirtioFeatures.ControlQueue | (queues > 1 ? VirtioFeatures.MultiQueue : 0)
            | (spec.Flag("mergeable", otherwise: true) ? VirtioFeatures.MergeableBuffers : 0) | (spec.Flag("packed", otherwise: true) ? VirtioFeatures.Packed : 0);
        Capabilities = new PortCapabilities { Headroom = (int)PeerBuffers.Headroom, MaxFrame = frame };
        _queues = [.. Enumerable.Range(0, queues).Select(i => new VhostQueue((uint)frame) { Index = (uint)i })];
        try
        {
            _thread = new PeerThread(spec.Name, UnixSocketType.Stream, isServer, socket => new VhostSession(socket, this));
        }
        catch (HeadraceException error)
        {
            throw spec.Fail(error.Message, error);
        }
    }

    /// <inheritdoc/>
    public PortSpec Spec { get; }

    /// <inheritdoc/>
    public PortCapabilities Capabilities { get; }

    /// <inheritdoc/>
    public uint Ifindex
    {
        get => _ifindex;
        set
        {
            _ifindex = value;
            foreach (VhostQueue queue in _queues)
                queue.Ifindex = value;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<PacketQueue> Queues => _queues;

    /// <inheritdoc/>
    public string? DownReason => _thread.DownReason;

    /// <summary>What a driver may choose from.</summary>
    internal ulong OfferedFeatures { get; }

    /// <summary>The queues, as the session sees them.</summary>
    internal IReadOnlyList<VhostQueue> VhostQueues => _queues;

    /// <inheritdoc/>
    public void Dispose()
    {
        _thread.Dispose();
        foreach (VhostQueue queue in _queues)
            queue.Dispose();
    }
}
