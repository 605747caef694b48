using System.Buffers.Binary;
using Headrace.Linux;
using Headrace.Linux.Sys;

namespace Headrace.Ports.Sys;

/// <summary>A packet socket with a TPACKET_V3 receive ring and a transmit ring in shared memory (packet(7), Documentation/networking/packet_mmap.rst).</summary>
internal sealed unsafe class PacketSocket : IDisposable
{
    private const int Family = 17, Raw = 3, CloseOnExec = 0x80000; // AF_PACKET, SOCK_RAW, SOCK_CLOEXEC
    private const int Level = 263; // SOL_PACKET
    private const int AddMembership = 1, ReceiveRing = 5, Statistics = 6, Version = 10, Reserve = 12, TransmitRing = 13, Fanout = 18, QdiscBypass = 20, IgnoreOutgoing = 23;
    private const int Version3 = 2; // TPACKET_V3
    private const ushort AllProtocols = 3; // ETH_P_ALL
    private const ushort Promiscuous = 1; // PACKET_MR_PROMISC
    private const int DontWait = 0x40; // MSG_DONTWAIT
    private const int SocketLevel = 1, SendBufferForce = 32, SendBufferSize = 64 << 20; // SOL_SOCKET, SO_SNDBUFFORCE

    private readonly string _subject;
    private Memory? _memory;

    private PacketSocket(Descriptor descriptor, string subject) => (Descriptor, _subject) = (descriptor, subject);

    public Descriptor Descriptor { get; }

    /// <summary>The receive ring: blocks one behind the other.</summary>
    public byte* Blocks => _memory!.Address;

    /// <summary>The transmit ring: frames one behind the other.</summary>
    public byte* TransmitFrames { get; private set; }

    /// <summary>Makes a socket and its rings; it receives nothing before <see cref="Bind"/>.</summary>
    /// <param name="layout">Sizes of the rings.</param>
    /// <param name="headroom">Bytes to keep free before each packet.</param>
    /// <param name="subject">Its name in errors.</param>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static PacketSocket Open(in PacketRingLayout layout, int headroom, string subject)
    {
        int number = Libc.Socket(Family, Raw | CloseOnExec, 0);
        if (number < 0)
        {
            throw new KernelException("socket(AF_PACKET)", subject, Libc.Errno,
                advice: Libc.Errno == ErrorNumber.EPERM ? "Packet sockets need CAP_NET_RAW: run as root." : null);
        }
        var socket = new PacketSocket(new Descriptor(number), subject);
        try
        {
            socket.MakeRings(layout, headroom);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Starts to receive everything that comes in by an interface.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public void Bind(uint ifindex, bool promiscuous)
    {
        // struct sockaddr_ll: family, protocol in network order, interface; the rest is not read.
        byte* address = stackalloc byte[20];
        new Span<byte>(address, 20).Clear();
        *(ushort*)address = Family;
        *(ushort*)(address + 2) = BinaryPrimitives.ReverseEndianness(AllProtocols);
        *(uint*)(address + 4) = ifindex;
        Require(Libc.Bind(Descriptor, address, 20), "bind(AF_PACKET)");
        if (!promiscuous)
            return;
        // struct packet_mreq: interface, kind, length of an address that this kind does not have
        byte* membership = stackalloc byte[16];
        new Span<byte>(membership, 16).Clear();
        *(uint*)membership = ifindex;
        *(ushort*)(membership + 4) = Promiscuous;
        Require(Libc.SetOption(Descriptor, Level, AddMembership, membership, 16), "PACKET_ADD_MEMBERSHIP");
    }

    /// <summary>Joins a group of sockets that share an interface's packets.</summary>
    /// <param name="group">The group's number, which is returned; null for a new one.</param>
    /// <param name="mode">How packets are shared (<c>PACKET_FANOUT_*</c>).</param>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public ushort Join(ushort? group, int mode)
    {
        const int UniqueId = 0x2000; // PACKET_FANOUT_FLAG_UNIQUEID
        int argument = (group ?? 0) | ((mode | (group is null ? UniqueId : 0)) << 16);
        Require(Libc.SetOption(Descriptor, Level, Fanout, &argument, sizeof(int)), "PACKET_FANOUT");
        uint length = sizeof(int);
        Require(Libc.GetOption(Descriptor, Level, Fanout, &argument, &length), "PACKET_FANOUT");
        return (ushort)argument;
    }

    /// <summary>Sends what is requested on the transmit ring.</summary>
    /// <returns>0 or the error number.</returns>
    public int Kick() => Libc.SendTo((int)Descriptor.DangerousGetHandle(), null, 0, DontWait, null, 0) < 0 ? Libc.Errno : 0;

    /// <summary>Packets dropped before a full ring since the last call.</summary>
    public uint TakeDrops()
    {
        uint* statistics = stackalloc uint[3]; // packets, drops, freezes
        uint length = 3 * sizeof(uint);
        return Libc.GetOption(Descriptor, Level, Statistics, statistics, &length) == 0 ? statistics[1] : 0;
    }

    public void Dispose()
    {
        _memory?.Dispose();
        Descriptor.Dispose();
    }

    private void MakeRings(in PacketRingLayout layout, int headroom)
    {
        Set(Version, Version3, "PACKET_VERSION");
        Set(Reserve, headroom, "PACKET_RESERVE");
        Set(QdiscBypass, 1, "PACKET_QDISC_BYPASS");
        Set(IgnoreOutgoing, 1, "PACKET_IGNORE_OUTGOING");
        int size = SendBufferSize;
        _ = Libc.SetOption(Descriptor, SocketLevel, SendBufferForce, &size, sizeof(int));
        // struct tpacket_req3: block size, blocks, frame size, frames, timeout of a block in ms, private bytes, features
        uint* request = stackalloc uint[7];
        new Span<uint>(request, 7).Clear();
        (request[0], request[1]) = (layout.BlockSize, layout.Blocks);
        (request[2], request[3]) = (layout.BlockSize, layout.Blocks);
        request[4] = layout.BlockTimeout;
        Require(Libc.SetOption(Descriptor, Level, ReceiveRing, request, 7 * sizeof(uint)), "PACKET_RX_RING");
        request[4] = 0;
        (request[0], request[1]) = (layout.TransmitBlockSize, layout.TransmitBlocks);
        (request[2], request[3]) = (layout.TransmitFrameSize, layout.TransmitFrames);
        Require(Libc.SetOption(Descriptor, Level, TransmitRing, request, 7 * sizeof(uint)), "PACKET_TX_RING");
        _memory = Memory.Map(Descriptor, layout.ReceiveBytes + layout.TransmitBytes, 0, _subject);
        TransmitFrames = _memory.Address + layout.ReceiveBytes;
    }

    private void Set(int option, int value, string call) => Require(Libc.SetOption(Descriptor, Level, option, &value, sizeof(int)), call);

    private void Require(int result, string call)
    {
        if (result < 0)
        {
            throw new KernelException(call, _subject, Libc.Errno,
                advice: Libc.Errno == ErrorNumber.ENOMEM ? "The rings are larger than the memory there is in one piece: give fewer blocks (blocks=)." : null);
        }
    }
}
