using Headrace.Bytecode;
using Headrace.Linux.Netlink;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>A tc program on a device, which sees socket buffers. Dispose of it to detach; what others attached is left alone.</summary>
/// <remarks>The program stays its owner's to dispose of: the kernel keeps it as long as it is attached.</remarks>
public sealed class TcLink : IDisposable
{
    private const uint BeforeFlag = 1 << 3; // BPF_F_BEFORE
    private const uint RelativeIsLink = 1 << 13; // BPF_F_LINK
    private const int QueryRoom = 64; // BPF_MPROG_MAX

    private TcAttachment? _filter;
    private KernelProgram _program;

    private TcLink(NetworkDevice device, TcDirection direction, KernelProgram program, KernelLink? link, TcAttachment? filter)
    {
        Device = device;
        Direction = direction;
        _program = program;
        Link = link;
        _filter = filter;
    }

    /// <summary>The device.</summary>
    public NetworkDevice Device { get; }

    /// <summary>Which packets the program sees.</summary>
    public TcDirection Direction { get; }

    /// <summary>The kernel's link; null when the program was attached as a filter.</summary>
    public KernelLink? Link { get; }

    /// <summary>The filter; null when the program was attached by a link, or is detached.</summary>
    public TcAttachment? Filter => _filter;

    /// <summary>Attaches a program of type <see cref="ProgramType.SchedCls"/>.</summary>
    /// <param name="program">The program.</param>
    /// <param name="device">The device's name, in the calling thread's network namespace.</param>
    /// <param name="direction">Which packets it is to see.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="HeadraceException">There is no such device.</exception>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static TcLink Attach(KernelProgram program, string device, TcDirection direction, TcAttachOptions? options = null)
    {
        options ??= new TcAttachOptions();
        NetworkDevice target = NetworkDevice.Find(device);
        bool byLink = options.Method == AttachMethod.Link || (options.Method == AttachMethod.Auto && KernelFeatures.HasTcxLinks);
        return byLink ? AttachByLink(program, target, direction, options.Before) : AttachAsFilter(program, target, direction, options.Priority);
    }

    /// <summary>The tc programs of a device in the order they run, links first, whoever attached them.</summary>
    /// <exception cref="HeadraceException">There is no such device.</exception>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static IReadOnlyList<TcAttachment> Query(string device, TcDirection direction)
    {
        NetworkDevice target = NetworkDevice.Find(device);
        using NetlinkSocket socket = NetlinkSocket.Open();
        return [.. QueryLinks(target, direction), .. TrafficControl.Filters(socket, target, direction)];
    }

    /// <summary>Takes a filter away, whoever attached it; the clsact discipline stays.</summary>
    /// <param name="device">The device's name.</param>
    /// <param name="filter">The filter, from <see cref="Query"/>.</param>
    /// <exception cref="UnsupportedFeatureException">It is held by a link and therefore its owner's.</exception>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static void Detach(string device, TcAttachment filter)
    {
        if (!filter.IsFilter)
            throw new UnsupportedFeatureException($"the tc program on {device}", "to be a filter", $"link {filter.LinkId} holds it: its owner must let it go, or detach that link by force");
        NetworkDevice target = NetworkDevice.Find(device);
        using NetlinkSocket socket = NetlinkSocket.Open();
        int result = TrafficControl.DeleteFilterOf(socket, target, filter, out string text);
        if (result != 0)
            throw new KernelException("RTM_DELTFILTER", $"a tc filter on {device}", -result, text);
    }

    /// <summary>Puts another program in this one's place, at once.</summary>
    /// <exception cref="KernelException">The kernel refused, for instance because somebody else replaced a link's program.</exception>
    public void Replace(KernelProgram program)
    {
        if (Link is not null)
        {
            Link.Update(program, _program);
        }
        else
        {
            ObjectDisposedException.ThrowIf(_filter is null, this);
            using NetlinkSocket socket = NetlinkSocket.Open();
            _filter = TrafficControl.SetFilter(socket, Device, Direction, program, _filter.Priority, _filter.Handle);
        }
        _program = program;
    }

    /// <summary>Gives the link a path in a bpf file system: the program then stays attached without this process.</summary>
    /// <exception cref="UnsupportedFeatureException">It was attached as a filter and stays anyway, see <see cref="Leave"/>.</exception>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public void Pin(string path)
    {
        if (Link is null)
            throw new UnsupportedFeatureException($"pin {path}", "a link", $"the program on {Device.Name} was attached as a filter, which stays without a pin");
        Link.Pin(path);
    }

    /// <summary>Lets a filter stay after this object is gone, as <c>tc</c> does.</summary>
    /// <exception cref="UnsupportedFeatureException">It was attached by a link, which stays only as long as it is held: pin it.</exception>
    public void Leave()
    {
        if (Link is not null)
            throw new UnsupportedFeatureException($"the program on {Device.Name}", "to be attached as a filter", "a link goes with its last holder: pin it instead");
        _filter = null;
    }

    /// <summary>Detaches the program, unless a pin or another process holds the link too. The clsact discipline stays: others may use it.</summary>
    public void Dispose()
    {
        Link?.Dispose();
        if (_filter is not { } filter)
            return;
        _filter = null;
        using NetlinkSocket socket = NetlinkSocket.Open();
        // Somebody may have put another program under our handle: that one is left alone.
        if (TrafficControl.Filters(socket, Device, Direction).Any(one => one.Handle == filter.Handle && one.Priority == filter.Priority && one.ProgramId == filter.ProgramId))
            _ = TrafficControl.DeleteFilterOf(socket, Device, filter, out _);
    }

    private static TcLink AttachByLink(KernelProgram program, NetworkDevice device, TcDirection direction, TcLink? before)
    {
        if (before is { Link: null })
            throw new UnsupportedFeatureException("the order of tc programs", "a link to stand before", "the other program was attached as a filter, and links run before filters anyway");
        var attributes = new LinkCreateAttr
        {
            ProgramFd = program.Descriptor.Value,
            TargetIfindex = (uint)device.Index,
            AttachType = (uint)AttachTypeOf(direction),
            Flags = before is null ? 0 : BeforeFlag | RelativeIsLink,
            RelativeFd = (uint)(before?.Link?.Descriptor.Value ?? 0),
        };
        int result = Bpf.CreateLink(ref attributes);
        GC.KeepAlive(program);
        GC.KeepAlive(before);
        Bpf.ThrowIfError(result, "BPF_LINK_CREATE", $"tc {direction} on {device.Name}");
        return new TcLink(device, direction, program, new KernelLink(new Descriptor(result)), null);
    }

    private static TcLink AttachAsFilter(KernelProgram program, NetworkDevice device, TcDirection direction, ushort priority)
    {
        using NetlinkSocket socket = NetlinkSocket.Open();
        TrafficControl.EnsureClsact(socket, device);
        return new TcLink(device, direction, program, null, TrafficControl.SetFilter(socket, device, direction, program, priority, 0));
    }

    private static unsafe IEnumerable<TcAttachment> QueryLinks(NetworkDevice device, TcDirection direction)
    {
        uint[] programs = new uint[QueryRoom], links = new uint[QueryRoom];
        fixed (uint* programPointer = programs, linkPointer = links)
        {
            var attributes = new ProgramQueryAttr
            {
                Target = (uint)device.Index,
                AttachType = (uint)AttachTypeOf(direction),
                ProgramIds = programPointer,
                LinkIds = linkPointer,
                Count = QueryRoom,
            };
            int result = Bpf.QueryPrograms(ref attributes);
            // A device without any answers ENOENT, a kernel before 6.6 EINVAL.
            if (result is -ErrorNumber.ENOENT or -ErrorNumber.EINVAL)
                return [];
            Bpf.ThrowIfError(result, "BPF_PROG_QUERY", $"tc {direction} on {device.Name}");
            int count = (int)attributes.Count;
            return programs.Zip(links).Take(count).Select(pair => new TcAttachment(pair.First, direction, pair.Second, false, 0, 0, ""));
        }
    }

    private static AttachType AttachTypeOf(TcDirection direction) => direction == TcDirection.Ingress ? AttachType.TcxIngress : AttachType.TcxEgress;
}
