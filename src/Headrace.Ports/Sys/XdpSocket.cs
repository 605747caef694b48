using Headrace.Linux;
using Headrace.Linux.Sys;

namespace Headrace.Ports.Sys;

/// <summary>An AF_XDP socket with its rings mapped (Documentation/networking/af_xdp.rst).</summary>
internal sealed unsafe class XdpSocket : IDisposable
{
    public const int SharedUmem = 1, Copy = 2, ZeroCopy = 4, UseNeedWakeup = 8, ScatterGather = 16; // XDP_SHARED_UMEM ... XDP_USE_SG

    private const int Family = 44, Raw = 3, CloseOnExec = 0x80000; // AF_XDP, SOCK_RAW, SOCK_CLOEXEC
    private const int Level = 283; // SOL_XDP
    private const int MapOffsets = 1, ReceiveRing = 2, TransmitRing = 3, UmemRegister = 4, FillRing = 5, CompletionRing = 6, Statistics = 7, Options = 8, MaxTransmitBudget = 9;
    private const long ReceivePage = 0, TransmitPage = 0x80000000, FillPage = 0x100000000, CompletionPage = 0x180000000;
    private const int SocketLevel = 1, SendBufferForce = 32, BusyPoll = 46, PreferBusyPoll = 69, BusyPollBudget = 70; // SOL_SOCKET, SO_...
    private const int DontWait = 0x40; // MSG_DONTWAIT
    private const int SendBufferSize = 64 << 20;

    private readonly string _subject;

    private XdpSocket(Descriptor descriptor, string subject) => (Descriptor, _subject) = (descriptor, subject);

    public Descriptor Descriptor { get; }

    public XdpRing Receive { get; private set; } = null!;

    public XdpRing Transmit { get; private set; } = null!;

    public XdpRing Fill { get; private set; } = null!;

    public XdpRing Completion { get; private set; } = null!;

    /// <summary>Makes a socket and its rings.</summary>
    /// <param name="umem">Packet memory to register with it; null for a socket that will share another's.</param>
    /// <param name="chunkSize">Bytes of a buffer in <paramref name="umem"/>.</param>
    /// <param name="ring">Entries of each ring, a power of two.</param>
    /// <param name="subject">Its name in errors.</param>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static XdpSocket Open(Memory? umem, uint chunkSize, uint ring, string subject)
    {
        int number = Libc.Socket(Family, Raw | CloseOnExec, 0);
        if (number < 0)
            throw new KernelException("socket(AF_XDP)", subject, Libc.Errno, advice: Advice(Libc.Errno));
        var socket = new XdpSocket(new Descriptor(number), subject);
        try
        {
            socket.MakeRings(umem, chunkSize, ring);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Binds it to a queue.</summary>
    /// <returns>0 or the error number.</returns>
    public int Bind(uint ifindex, uint queue, int flags, XdpSocket? shared)
    {
        var address = new XdpSocketAddress
        {
            Family = Family,
            Flags = (ushort)(flags | (shared is null ? 0 : SharedUmem)),
            Ifindex = ifindex,
            Queue = queue,
            SharedUmemDescriptor = shared is null ? 0 : (uint)shared.Descriptor.Value,
        };
        return Libc.Bind(Descriptor, &address, (uint)sizeof(XdpSocketAddress)) == 0 ? 0 : Libc.Errno;
    }

    /// <summary>True when the driver puts packets into our memory itself.</summary>
    public bool IsZeroCopy
    {
        get
        {
            uint options = 0, length = sizeof(uint);
            return Libc.GetOption(Descriptor, Level, Options, &options, &length) == 0 && (options & 1) != 0; // XDP_OPTIONS_ZEROCOPY
        }
    }

    /// <summary>Lets the worker that asks for packets drive the device's polling itself.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public void PollBusily(int microseconds, int budget)
    {
        Set(SocketLevel, PreferBusyPoll, 1, "SO_PREFER_BUSY_POLL");
        Set(SocketLevel, BusyPoll, microseconds, "SO_BUSY_POLL");
        Set(SocketLevel, BusyPollBudget, budget, "SO_BUSY_POLL_BUDGET");
    }

    /// <summary>Has the kernel look at the transmit ring.</summary>
    /// <returns>0 or the error number; EAGAIN, EBUSY and ENOBUFS mean that it goes on when called again.</returns>
    public int Kick() => Libc.SendTo((int)Descriptor.DangerousGetHandle(), null, 0, DontWait, null, 0) < 0 ? Libc.Errno : 0;

    /// <summary>Has the kernel look at the fill ring and the device.</summary>
    public void Poke() => _ = Libc.ReceiveFrom((int)Descriptor.DangerousGetHandle(), null, 0, DontWait, null, null);

    public XdpStatistics ReadStatistics()
    {
        var statistics = new XdpStatistics();
        uint length = (uint)sizeof(XdpStatistics);
        _ = Libc.GetOption(Descriptor, Level, Statistics, &statistics, &length);
        return statistics;
    }

    public void Dispose()
    {
        Receive?.Dispose();
        Transmit?.Dispose();
        Fill?.Dispose();
        Completion?.Dispose();
        Descriptor.Dispose();
    }

    private void MakeRings(Memory? umem, uint chunkSize, uint ring)
    {
        if (umem is not null)
        {
            var registration = new XdpUmemRegistration { Address = (ulong)umem.Address, Length = umem.Length, ChunkSize = chunkSize };
            Require(Libc.SetOption(Descriptor, Level, UmemRegister, &registration, (uint)sizeof(XdpUmemRegistration)), "XDP_UMEM_REG");
        }
        foreach (int option in (ReadOnlySpan<int>)[FillRing, CompletionRing, ReceiveRing, TransmitRing])
            Set(Level, option, (int)ring, "XDP_RX_RING and others");
        // In copy mode a packet on its way holds socket memory; and the kernel sends 32 a call unless told otherwise (from Linux 6.18 on).
        int size = SendBufferSize;
        _ = Libc.SetOption(Descriptor, SocketLevel, SendBufferForce, &size, sizeof(int));
        int budget = (int)ring;
        _ = Libc.SetOption(Descriptor, Level, MaxTransmitBudget, &budget, sizeof(int));

        var offsets = new XdpMapOffsets();
        uint length = (uint)sizeof(XdpMapOffsets);
        Require(Libc.GetOption(Descriptor, Level, MapOffsets, &offsets, &length), "XDP_MMAP_OFFSETS");
        if (length != sizeof(XdpMapOffsets))
            throw new KernelException("XDP_MMAP_OFFSETS", _subject, ErrorNumber.EINVAL, advice: "The kernel is older than 5.4, which has no need-wakeup flags.");
        Receive = XdpRing.Map(Descriptor, offsets.Receive, ring, sizeof(XdpDescriptor), ReceivePage, _subject);
        Transmit = XdpRing.Map(Descriptor, offsets.Transmit, ring, sizeof(XdpDescriptor), TransmitPage, _subject);
        Fill = XdpRing.Map(Descriptor, offsets.Fill, ring, sizeof(ulong), FillPage, _subject);
        Completion = XdpRing.Map(Descriptor, offsets.Completion, ring, sizeof(ulong), CompletionPage, _subject);
    }

    private void Set(int level, int option, int value, string call) => Require(Libc.SetOption(Descriptor, level, option, &value, sizeof(int)), call);

    private void Require(int result, string call)
    {
        if (result < 0)
            throw new KernelException(call, _subject, Libc.Errno, advice: Advice(Libc.Errno));
    }

    private static string? Advice(int errno) => errno switch
    {
        ErrorNumber.EPERM => "AF_XDP needs CAP_NET_RAW, and CAP_NET_ADMIN and CAP_BPF for its program: run as root.",
        97 => "The kernel is built without CONFIG_XDP_SOCKETS.", // EAFNOSUPPORT
        ErrorNumber.ENOMEM or 105 => "Packet memory is locked: raise the limit (ulimit -l), or give fewer frames (ring=).", // ENOBUFS
        _ => null,
    };
}
