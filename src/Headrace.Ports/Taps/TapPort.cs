using System.Text;
using Headrace.Engine;
using Headrace.Linux;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary><c>tap:NAME</c>: an interface of the kernel whose wire is this process.</summary>
internal sealed class TapPort : IPacketPort
{
    public static PortKind Kind { get; } = new("tap", "tap:NAME[,queues=N][,mtu=BYTES]",
        "an interface of the kernel whose wire is this process: the way into and out of the kernel's stack", (spec, options) => new TapPort(spec, options), Obstacle);

    private const string Device = "/dev/net/tun";
    private const int LargestMtu = PacketBurst.MaxLength - EthernetAndTag;
    private const int EthernetAndTag = 18;

    private readonly List<TapQueue> _queues = [];

    private TapPort(PortSpec spec, PortOptions options)
    {
        Spec = spec.Require("the interface's name", "queues", "mtu");
        if (Encoding.UTF8.GetByteCount(spec.Name) >= Libc.InterfaceNameSize || spec.Name.AsSpan().ContainsAny("/ :%"))
            throw spec.Fail($"'{spec.Name}' is no name for an interface: up to 15 letters, no slash, colon, percent or space");
        int queues = spec.Number("queues", Math.Max(1, options.Workers), 1, 256);
        try
        {
            for (int i = 0; i < queues; i++)
            {
                TapDevice device = TapDevice.Open(spec.Name, queues > 1);
                int mtu = i > 0 ? MaxFrame - EthernetAndTag : Prepare(spec);
                MaxFrame = mtu + EthernetAndTag;
                _queues.Add(new TapQueue(this, (uint)i, device, MaxFrame));
            }
        }
        catch (KernelException error)
        {
            Dispose();
            throw spec.Fail(error.Message, error);
        }
        Capabilities = new PortCapabilities { Headroom = PacketBurst.Headroom, MaxFrame = MaxFrame };
    }

    /// <inheritdoc/>
    public PortSpec Spec { get; }

    /// <inheritdoc/>
    public uint Ifindex { get; set; }

    /// <inheritdoc/>
    public PortCapabilities Capabilities { get; }

    /// <inheritdoc/>
    public IReadOnlyList<PacketQueue> Queues => _queues;

    private int MaxFrame { get; }

    /// <inheritdoc/>
    public string? DownReason => _queues.Exists(queue => queue.IsDown) ? $"interface {Spec.Name} is down: ip link set {Spec.Name} up" : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (TapQueue queue in _queues)
            queue.Dispose();
    }

    // The interface is there: up it goes, with the MTU asked for. Answers its MTU.
    private int Prepare(PortSpec spec)
    {
        using NetworkInterface device = NetworkInterface.Find(spec.Name) ?? throw spec.Fail("the interface went away while it was made");
        Ifindex = device.Index;
        if (spec.Has("mtu") && device.ChangeMtu(spec.Number("mtu", 1500, 68, LargestMtu)) is not 0 and var refused)
            throw new KernelException("SIOCSIFMTU", $"interface {spec.Name}", refused);
        if (device.BringUp() is not 0 and var error)
            throw new KernelException("SIOCSIFFLAGS", $"interface {spec.Name}", error);
        return device.Mtu;
    }

    private static string Obstacle()
    {
        if (!File.Exists(Device))
            return $"{Device} is missing: modprobe tun, or give the container that device";
        if (!Kernel.IsAvailable(out string reason))
            return reason;
        return "";
    }
}
