using System.Numerics;
using Headrace.Engine;
using Headrace.Linux;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary><c>packet:IFACE</c>: packet sockets with rings in shared memory; the kernel's stack sees every packet too.</summary>
internal sealed class PacketPort : IPacketPort
{
    public static PortKind Kind { get; } = new("packet",
        "packet:IFACE[,queues=N][,fanout=hash|lb|cpu|rollover][,blocks=N][,block=BYTES][,timeout=MILLISECONDS][,promisc=no]",
        "PACKET_MMAP: a copy of every packet, on any interface; the kernel's stack keeps its own", (spec, options) => new PacketPort(spec, options), Obstacle);

    private static readonly string[] s_fanouts = ["hash", "lb", "cpu", "rollover"]; // PACKET_FANOUT_*, from 0

    private readonly List<PacketSocketQueue> _queues = [];
    private readonly InterfaceDrops _drops;

    private PacketPort(PortSpec spec, PortOptions options)
    {
        Spec = spec.Require("an interface", "queues", "fanout", "blocks", "block", "timeout", "promisc");
        using NetworkInterface device = NetworkInterface.Find(spec.Name)
            ?? throw spec.Fail($"there is no interface '{spec.Name}' here; there are: {NetworkInterface.Names()}");
        Ifindex = device.Index;
        _drops = new InterfaceDrops(spec.Name);
        int longest = Math.Max(device.Mtu, 1500) + PacketSocketQueue.EthernetHeader + PacketSocketQueue.VlanTag;
        var layout = new PacketRingLayout(
            (uint)spec.PowerOfTwo("block", 1 << 18, 1 << 16, 1 << 24),
            (uint)spec.Number("blocks", 32, 2, 4096),
            (uint)spec.Number("timeout", 1, 1, 1000),
            BitOperations.RoundUpToPowerOf2((uint)(longest + PacketSocketQueue.TransmitOffset)),
            1024);
        int queues = spec.Number("queues", Math.Max(1, options.Workers), 1, 256);
        int fanout = Array.IndexOf(s_fanouts, spec.Choice("fanout", "hash", s_fanouts));
        try
        {
            ushort? group = null;
            for (int i = 0; i < queues; i++)
            {
                PacketSocket socket = PacketSocket.Open(layout, PacketBurst.Headroom, spec.Text);
                _queues.Add(new PacketSocketQueue(this, (uint)i, socket, layout));
                socket.Bind(Ifindex, spec.Flag("promisc", otherwise: true));
                if (queues > 1)
                    group = socket.Join(group, fanout);
            }
        }
        catch (KernelException error)
        {
            Dispose();
            throw spec.Fail(error.Message, error);
        }
        Capabilities = new PortCapabilities
        {
            Headroom = PacketBurst.Headroom,
            MaxFrame = longest,
            ZeroCopyReceive = true,
            KernelKeepsCopy = true,
            Note = "the kernel's stack gets every packet too: a drop here does not keep it from that",
        };
        options.Note?.Invoke($"{spec.Text}: {Capabilities.Note}");
    }

    /// <inheritdoc/>
    public PortSpec Spec { get; }

    /// <inheritdoc/>
    public uint Ifindex { get; set; }

    /// <inheritdoc/>
    public PortCapabilities Capabilities { get; }

    /// <inheritdoc/>
    public IReadOnlyList<PacketQueue> Queues => _queues;

    /// <inheritdoc/>
    public string? DownReason => _queues.Exists(queue => queue.IsDown) ? $"interface {Spec.Name} is down or gone" : null;

    /// <inheritdoc/>
    public PortStatistics ReadStatistics() => _drops.AddTo(PortStatistics.Sum(_queues));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PacketSocketQueue queue in _queues)
            queue.Dispose();
    }

    private static string Obstacle()
    {
        try
        {
            PacketSocket.Open(new PacketRingLayout(1 << 16, 2, 1, 2048, 32), PacketBurst.Headroom, "packet sockets").Dispose();
            return "";
        }
        catch (KernelException error)
        {
            return error.Message;
        }
    }
}
