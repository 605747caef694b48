using Headrace.Engine;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary><c>virtio-user:SOCKET</c>: the driver of a network card that another process is: DPDK's net_vhost, OVS-DPDK, or a <c>vhost-user:</c> port.</summary>
internal sealed unsafe class VirtioUserPort : PeerPort<VirtioUserQueue>
{
    public static PortKind Kind { get; } = new("virtio-user", "virtio-user:SOCKET[,role=client|server][,queues=N][,ring=N][,packed=yes|no][,buffer=BYTES]",
        "the driver to a vhost-user device in another process (DPDK net_vhost, Open vSwitch)", (spec, options) => new VirtioUserPort(spec, options));

    private readonly VirtioUserMemory _memory;

    private VirtioUserPort(PortSpec spec, PortOptions options)
        : base(spec.Require("a socket's path", "role", "queues", "ring", "packed", "buffer"), new PortCapabilities
        {
            Headroom = (int)PeerBuffers.Headroom,
            MaxFrame = spec.Number("buffer", 2048, 64, PacketBurst.MaxLength),
            ZeroCopyReceive = true,
            ZeroCopySend = true,
        })
    {
        bool isServer = spec.Choice("role", "client", "server", "client") == "server";
        int queues = spec.Number("queues", Math.Max(1, options.Workers), 1, 128), ring = spec.PowerOfTwo("ring", 256, 2, (int)DeviceRing.MaxSize);
        IsPacked = spec.Flag("packed");
        _memory = spec.Make(() => new VirtioUserMemory(queues, (uint)ring, (uint)Capabilities.MaxFrame));
        Open(queues, i => new VirtioUserQueue(_memory.Shared.Address, _memory.MakeBuffers(i)) { Index = (uint)i },
            UnixSocketType.Stream, isServer, socket => new VirtioUserSession(socket, this, _memory));
    }

    /// <summary>True for packed rings.</summary>
    internal bool IsPacked { get; }

    /// <inheritdoc/>
    protected override void ReleaseMemory() => _memory.Dispose();
}
