using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Linux;
using Headrace.Linux.Sys;
using Headrace.Objects;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary><c>afxdp:IFACE</c>: AF_XDP sockets on the queues of a kernel interface, with a steering program of our own in front.</summary>
internal sealed class AfXdpPort : IPacketPort, ISteerable
{
    public static PortKind Kind { get; } = new("afxdp",
        "afxdp:IFACE[,queue=N|all][,ring=N][,mode=native|generic][,copy|zerocopy][,busypoll=MICROSECONDS][,shared=no][,stack=no]",
        "AF_XDP: packets bypass the kernel's stack, which keeps what is not steered here", (spec, options) => new AfXdpPort(spec, options), Obstacle);

    // Packets up to a page less headroom and the kernel's bookkeeping come in one piece.
    private const int LongestInOnePage = 3498;

    private const int BusyPollBudget = 64;

    // A page is a chunk; an XDP buffer has at most 17 pages behind its first (MAX_SKB_FRAGS).
    private const int MostInPieces = 17 * 3840;
    private const int EthernetAndTag = 18;
    private const int JoinedBuffers = 256;

    private readonly List<AfXdpQueue> _queues = [];
    private readonly InterfaceDrops _drops;
    private readonly SteeringProgram _steering;
    private readonly StackTap? _stack;
    private readonly int _longest; // of packets that come in several pieces; 0 where they fit a page

    private AfXdpPort(PortSpec spec, PortOptions options)
    {
        Spec = spec.Require("an interface", "queue", "ring", "mode", "copy", "zerocopy", "busypoll", "shared", "stack");
        using NetworkInterface device = NetworkInterface.Find(spec.Name)
            ?? throw spec.Fail($"there is no interface '{spec.Name}' here; there are: {NetworkInterface.Names()}");
        Ifindex = device.Index;
        _drops = new InterfaceDrops(spec.Name);
        XdpMode mode = spec.Choice("mode", "auto", "auto", "native", "generic") switch
        {
            "native" => XdpMode.Native,
            "generic" => XdpMode.Generic,
            _ => XdpMode.Auto,
        };
        if (spec.Flag("copy") && spec.Flag("zerocopy"))
            throw spec.Fail("copy or zerocopy: one of them");
        try
        {
            if (device.Mtu > LongestInOnePage)
                _longest = Math.Min(device.Mtu + EthernetAndTag, MostInPieces);
            _steering = new SteeringProgram(fragments: _longest > 0);
        }
        catch (KernelException error)
        {
            throw spec.Fail(error.Message, error);
        }
        try
        {
            (int first, int count) = QueuesOf(spec, device.ReceiveQueues);
            for (int queue = first; queue < first + count; queue++)
                OpenQueue((uint)queue, count, options);
            // Before the program is attached: what is not wanted here shall never miss its way to the kernel.
            options.Steer?.Invoke(this);
            _steering.Attach(spec.Name, mode);
            if (_steering.IsNative && spec.Flag("stack", otherwise: true))
                _stack = OpenStack(device.Mtu, options);
        }
        catch (HeadraceException error) when (error is not PortException)
        {
            Dispose();
            throw spec.Fail(error.Message, error);
        }
        catch
        {
            Dispose();
            throw;
        }
        string note = string.Join("; ", Notes(mode));
        Capabilities = new PortCapabilities
        {
            Headroom = PacketBurst.Headroom,
            MaxFrame = Math.Max(_longest, (int)Umem.ChunkSize - PacketBurst.Headroom),
            ZeroCopyReceive = IsZeroCopy,
            ZeroCopySend = IsZeroCopy,
            Note = note,
        };
        if (note.Length > 0)
            options.Note?.Invoke($"{spec.Text}: {note}");
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
    public IReadOnlyList<PacketQueue> StackQueues => _stack?.Queues ?? [];

    /// <inheritdoc/>
    public string? DownReason => _queues.Exists(queue => queue.IsDown) ? $"interface {Spec.Name} is down or gone" : null;

    /// <summary>True when the driver puts packets into our memory itself.</summary>
    public bool IsZeroCopy { get; private set; }

    /// <inheritdoc/>
    public void StopReceiving() => _steering.Detach();

    /// <inheritdoc/>
    public void Steer(IReadOnlyList<FlowFilter> flows) => _steering.Change(flows);

    /// <inheritdoc/>
    public void Steer(CollectionSpec spec) => _steering.Change(spec);

    /// <inheritdoc/>
    public PortStatistics ReadStatistics() => _drops.AddTo(PortStatistics.Sum(_queues));

    /// <inheritdoc/>
    public void Dispose()
    {
        _steering.Dispose();
        _stack?.Dispose();
        foreach (AfXdpQueue queue in _queues)
            queue.Dispose();
    }

    private static string Obstacle()
    {
        if (!Kernel.IsAvailable(out string reason))
            return reason;
        try
        {
            using Memory memory = Memory.Allocate(16 * Umem.ChunkSize, "AF_XDP");
            XdpSocket.Open(memory, Umem.ChunkSize, 16, "AF_XDP").Dispose();
            return "";
        }
        catch (KernelException error)
        {
            return error.Message;
        }
    }

    private static (int First, int Count) QueuesOf(PortSpec spec, int there)
    {
        if (spec.Value("queue") is null or "all")
            return (0, there);
        int queue = spec.Number("queue", 0, 0, int.MaxValue);
        return queue < there ? (queue, 1) : throw spec.Fail($"interface {spec.Name} has {there} receive queue{(there == 1 ? "" : "s")}: 0 to {there - 1}");
    }

    private void OpenQueue(uint index, int queues, PortOptions options)
    {
        int ring = Spec.PowerOfTwo("ring", 2048, 64, 32768);
        Umem umem = UmemFor(index, queues, ring, options);
        XdpSocket? shared = umem.Owner;
        XdpSocket socket;
        try
        {
            socket = XdpSocket.Open(shared is null ? umem.Memory : null, Umem.ChunkSize, (uint)ring, Spec.Text);
        }
        catch
        {
            umem.Dispose();
            throw;
        }
        umem.Owner ??= socket;
        int busy = Spec.Number("busypoll", 0, 0, 1000);
        try
        {
            Bind(socket, index, shared);
            if (busy > 0)
                socket.PollBusily(busy, BusyPollBudget);
        }
        catch
        {
            if (umem.Owner != socket)
                socket.Dispose();
            umem.Dispose();
            throw;
        }
        var queue = new AfXdpQueue(this, index, socket, umem, busy > 0);
        _queues.Add(queue);
        _steering.SetSocket(index, queue.DescriptorValue);
    }

    // Queues of one worker share memory over all ports, so that what comes in by one goes out by another without a copy.
    private Umem UmemFor(uint index, int queues, int ring, PortOptions options)
    {
        int chunks = 2 * ring; // a fill ring and the frames behind it, and a transmit ring
        int worker = (int)index % options.Workers;
        bool share = Spec.Flag("shared", otherwise: true);
        // Whether packets may come in pieces is a property of the memory.
        (Type, int, int) key = (typeof(Umem), worker, _longest);
        if (share && options.Shared.TryGetValue(key, out object? known) && ((Umem)known).TryReserve(chunks))
            return (Umem)known;
        int perWorker = (queues + options.Workers - 1) / options.Workers * (share ? options.Ports : 1);
        var umem = new Umem(chunks * perWorker, _longest > 0 ? JoinedBuffers * perWorker : 0, _longest, Spec.Text);
        umem.TryReserve(chunks);
        if (share)
            options.Shared[key] = umem;
        return umem;
    }

    private void Bind(XdpSocket socket, uint queue, XdpSocket? shared)
    {
        int copyFlags = Spec.Flag("copy") ? XdpSocket.Copy : Spec.Flag("zerocopy") ? XdpSocket.ZeroCopy : 0;
        // A socket that shares memory takes copy mode and wakeups from the first one of its queue; flags are refused there.
        int flags = shared is null ? copyFlags | XdpSocket.UseNeedWakeup | (_longest > 0 ? XdpSocket.ScatterGather : 0) : 0;
        int error = socket.Bind(Ifindex, queue, flags, shared);
        if (error != 0)
            throw new KernelException("bind(AF_XDP)", $"{Spec.Name} queue {queue}", error, advice: BindAdvice(error));
        IsZeroCopy = socket.IsZeroCopy;
    }

    private string? BindAdvice(int error) => error switch
    {
        ErrorNumber.EBUSY => "Another AF_XDP socket has this queue.",
        ErrorNumber.EOPNOTSUPP => "The driver has no zero copy: leave out 'zerocopy'.",
        ErrorNumber.EINVAL when _longest > 0 => "There is no such queue, or the kernel is older than 6.6: lower the interface's MTU to a page less headroom.",
        ErrorNumber.EINVAL => "There is no such queue, or the driver does not take these rings.",
        _ => null,
    };

    // A frame sent into an interface whose XDP program runs behind the driver would meet that program again, without end: no way to the stack then.
    private StackTap? OpenStack(int mtu, PortOptions options)
    {
        try
        {
            return new StackTap(Ifindex, mtu, Math.Max(_queues.Count, options.Workers));
        }
        catch (HeadraceException error)
        {
            options.Note?.Invoke($"{Spec.Text}: passed packets cannot reach the kernel's stack: {error.Message}");
            return null;
        }
    }

    private IEnumerable<string> Notes(XdpMode mode)
    {
        if (!IsZeroCopy)
            yield return Spec.Flag("copy") ? "copy mode, as asked" : "copy mode: the driver has no zero copy";
        if (!_steering.IsNative)
        {
            yield return mode == XdpMode.Generic ? "generic XDP, as asked" : "generic XDP: the driver has no native XDP, which costs more than half of the speed";
            yield return "passed packets cannot reach the kernel's stack from generic XDP";
        }
    }
}
