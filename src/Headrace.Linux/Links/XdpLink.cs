using System.Globalization;
using Headrace.Bytecode;
using Headrace.Linux.Netlink;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>An XDP program on a device. Dispose of it to detach; what others attached is left alone.</summary>
/// <remarks>The program stays its owner's to dispose of: the kernel keeps it as long as it is attached.</remarks>
public sealed class XdpLink : IDisposable
{
    // XDP_FLAGS_*, include/uapi/linux/if_link.h
    private const uint OnlyIfNone = 1 << 0, Generic = 1 << 1, Native = 1 << 2, Hardware = 1 << 3, ReplaceExpected = 1 << 4;

    private readonly uint _modeFlags;
    private KernelProgram _program;
    private NetlinkSocket? _socket;

    private XdpLink(NetworkDevice device, XdpMode mode, KernelProgram program, KernelLink? link, NetlinkSocket? socket)
    {
        Device = device;
        Mode = mode;
        _program = program;
        Link = link;
        _socket = socket;
        _modeFlags = FlagsOf(mode);
    }

    /// <summary>The device, as it was before.</summary>
    public NetworkDevice Device { get; }

    /// <summary>Where the program runs: the one the kernel chose where <see cref="XdpMode.Auto"/> was asked for.</summary>
    public XdpMode Mode { get; }

    /// <summary>The kernel's link; null when the program was attached by netlink.</summary>
    public KernelLink? Link { get; }

    /// <summary>Attaches a program.</summary>
    /// <param name="program">The program; loaded for the device where it is to run on it.</param>
    /// <param name="device">The device's name, in the calling thread's network namespace.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="HeadraceException">There is no such device, or another program is there, which is left alone.</exception>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static XdpLink Attach(KernelProgram program, string device, XdpAttachOptions? options = null)
    {
        options ??= new XdpAttachOptions();
        NetworkDevice target = NetworkDevice.Find(device);
        if (options.Replace is { } expected)
            return TakeOver(program, target, options, expected);
        return options.Method == AttachMethod.Netlink
            ? AttachByNetlink(program, target, options.Mode, null)
            : AttachByLink(program, target, options.Mode, orByNetlink: options.Method == AttachMethod.Auto);
    }

    /// <summary>Takes a program away that was attached by netlink, whoever attached it.</summary>
    /// <param name="device">The device's name.</param>
    /// <param name="mode">Which program; <see cref="XdpMode.Auto"/>: whichever there is.</param>
    /// <param name="expected">The program that must be there; null for any.</param>
    /// <returns>False when there was none.</returns>
    /// <exception cref="HeadraceException">There is no such device, or the program is held by a link and therefore its owner's.</exception>
    /// <exception cref="KernelException">The kernel refused; <c>EEXIST</c> when another program is there.</exception>
    public static bool Detach(string device, XdpMode mode = XdpMode.Auto, KernelProgram? expected = null)
    {
        NetworkDevice target = NetworkDevice.Find(device);
        if (target.Xdp.ProgramOf(mode) == 0)
            return false;
        using NetlinkSocket socket = NetlinkSocket.Open();
        uint flags = FlagsOf(mode) | (expected is null ? 0 : ReplaceExpected);
        int result = RouteLinks.SetXdp(socket, target.Index, -1, flags, expected?.Descriptor.Value, out string text);
        GC.KeepAlive(expected);
        return result == 0 ? true : throw Refusal("RTM_SETLINK", target, mode, result, text);
    }

    /// <summary>Puts another program in this one's place, at once: no packet meets neither or both.</summary>
    /// <exception cref="KernelException">The kernel refused, for instance because somebody else replaced the program.</exception>
    public void Replace(KernelProgram program)
    {
        if (Link is not null)
        {
            Link.Update(program, _program);
        }
        else
        {
            ObjectDisposedException.ThrowIf(_socket is null, this);
            int result = RouteLinks.SetXdp(_socket, Device.Index, program.Descriptor.Value, _modeFlags | ReplaceExpected, _program.Descriptor.Value, out string text);
            if (result != 0)
                throw Refusal("RTM_SETLINK", Device, Mode, result, text);
        }
        _program = program;
    }

    /// <summary>Gives the link a path in a bpf file system: the program then stays attached without this process.</summary>
    /// <exception cref="UnsupportedFeatureException">It was attached by netlink and stays anyway, see <see cref="Leave"/>.</exception>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public void Pin(string path)
    {
        if (Link is null)
            throw new UnsupportedFeatureException($"pin {path}", "a link", $"the program on {Device.Name} was attached by netlink, which stays without a pin");
        Link.Pin(path);
    }

    /// <summary>Lets a program that was attached by netlink stay after this object is gone, as <c>ip link</c> does.</summary>
    /// <exception cref="UnsupportedFeatureException">It was attached by a link, which stays only as long as it is held: pin it.</exception>
    public void Leave()
    {
        if (Link is not null)
            throw new UnsupportedFeatureException($"the program on {Device.Name}", "to be attached by netlink", "a link goes with its last holder: pin it instead");
        _socket?.Dispose();
        _socket = null;
    }

    /// <summary>Detaches the program, unless a pin or another process holds the link too; a program of somebody else is left alone.</summary>
    public void Dispose()
    {
        Link?.Dispose();
        if (_socket is null)
            return;
        // The expected program makes sure that a program somebody put in place of ours stays.
        _ = RouteLinks.SetXdp(_socket, Device.Index, -1, _modeFlags | ReplaceExpected, _program.Descriptor.Value, out _);
        GC.KeepAlive(_program);
        _socket.Dispose();
        _socket = null;
    }

    private static XdpLink AttachByLink(KernelProgram program, NetworkDevice device, XdpMode mode, bool orByNetlink)
    {
        var attributes = new LinkCreateAttr
        {
            ProgramFd = program.Descriptor.Value,
            TargetIfindex = (uint)device.Index,
            AttachType = (uint)AttachType.Xdp,
            Flags = FlagsOf(mode),
        };
        int result = Bpf.CreateLink(ref attributes);
        GC.KeepAlive(program);
        // A kernel before 5.9 has no such links, and a program that was not loaded for them none either: what else is wrong, netlink says too.
        if (result == -ErrorNumber.EINVAL && orByNetlink)
            return AttachByNetlink(program, device, mode, null);
        if (result < 0)
            throw Refusal("BPF_LINK_CREATE", device, mode, result, "");
        var link = new KernelLink(new Descriptor(result));
        return new XdpLink(device, EffectiveMode(device.Index, mode), program, link, null);
    }

    private static XdpLink AttachByNetlink(KernelProgram program, NetworkDevice device, XdpMode mode, KernelProgram? expected)
    {
        NetlinkSocket socket = NetlinkSocket.Open();
        uint flags = FlagsOf(mode) | (expected is null ? OnlyIfNone : ReplaceExpected);
        int result = RouteLinks.SetXdp(socket, device.Index, program.Descriptor.Value, flags, expected?.Descriptor.Value, out string text);
        GC.KeepAlive(program);
        GC.KeepAlive(expected);
        if (result == 0)
            return new XdpLink(device, EffectiveMode(device.Index, mode), program, null, socket);
        socket.Dispose();
        throw Refusal("RTM_SETLINK", device, mode, result, text);
    }

    private static XdpLink TakeOver(KernelProgram program, NetworkDevice device, XdpAttachOptions options, KernelProgram expected)
    {
        if (FindLink(device, expected.Id) is not { } link)
            return AttachByNetlink(program, device, options.Mode, expected);
        try
        {
            link.Update(program, expected);
        }
        catch
        {
            link.Dispose();
            throw;
        }
        return new XdpLink(device, EffectiveMode(device.Index, options.Mode), program, link, null);
    }

    private static KernelLink? FindLink(NetworkDevice device, uint program)
    {
        foreach (uint id in KernelLink.Ids())
        {
            KernelLink? link = KernelLink.TryOpen(id);
            if (link?.GetInfo() is { Target: LinkTarget.Xdp xdp } info && xdp.InterfaceIndex == (uint)device.Index && info.ProgramId == program)
                return link;
            link?.Dispose();
        }
        return null;
    }

    private static XdpMode EffectiveMode(int device, XdpMode asked)
    {
        if (asked != XdpMode.Auto)
            return asked;
        using NetlinkSocket socket = NetlinkSocket.Open();
        return RouteLinks.TryGet(socket, device, null)?.Xdp.Attached switch
        {
            XdpAttached.Native => XdpMode.Native,
            XdpAttached.Hardware => XdpMode.Hardware,
            _ => XdpMode.Generic,
        };
    }

    private static uint FlagsOf(XdpMode mode) => mode switch
    {
        XdpMode.Native => Native,
        XdpMode.Generic => Generic,
        XdpMode.Hardware => Hardware,
        _ => 0,
    };

    private static HeadraceException Refusal(string call, NetworkDevice device, XdpMode mode, int result, string text)
    {
        XdpState now = NetworkDevice.TryFind(device.Name)?.Xdp ?? device.Xdp;
        string advice = -result switch
        {
            ErrorNumber.EBUSY or ErrorNumber.EEXIST when now.Attached != XdpAttached.None => XdpOccupant.Describe(device, now),
            ErrorNumber.EOPNOTSUPP when mode == XdpMode.Native => $"The driver of {device.Name} has no native XDP, or not with its present MTU ({device.Mtu}), queues or offloads: use generic mode.",
            ErrorNumber.EINVAL when mode == XdpMode.Hardware => $"{device.Name} cannot run programs itself, or the program was not loaded for it (load it with the device's number).",
            ErrorNumber.EINVAL => "The program was loaded for another device or for a devmap or cpumap, or the device's packets are larger than one buffer: "
                + "a program of section 'xdp.frags' takes those.",
            ErrorNumber.ERANGE => $"The MTU of {device.Name} ({device.Mtu}) is too large for native XDP in one buffer: lower it, or load the program with fragments (section 'xdp.frags').",
            _ => KernelAdvice.For(call, -result),
        };
        return new KernelException(call, string.Create(CultureInfo.InvariantCulture, $"XDP on {device.Name}"), -result, text, advice);
    }
}
