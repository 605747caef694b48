using System.Text;
using Headrace.Linux.Sys;

namespace Headrace.Ports.Sys;

/// <summary>What the system tells of a network interface, and what it can be told (netdevice(7)).</summary>
internal sealed unsafe class NetworkInterface : IDisposable
{
    private const int InternetFamily = 2, Datagram = 2, CloseOnExec = 0x80000; // AF_INET, SOCK_DGRAM, SOCK_CLOEXEC
    private const ulong GetFlags = 0x8913, SetFlags = 0x8914, GetMtu = 0x8921, SetMtu = 0x8922, Ethtool = 0x8946; // SIOC..., include/uapi/linux/sockios.h
    private const uint GetChannels = 0x3c; // ETHTOOL_GCHANNELS
    private const short Up = 1; // IFF_UP
    private const int RequestSize = 40; // sizeof(struct ifreq)

    private readonly Descriptor _socket;
    private readonly string _name;

    private NetworkInterface(Descriptor socket, string name, uint index) => (_socket, _name, Index) = (socket, name, index);

    /// <summary>Its index.</summary>
    public uint Index { get; }

    /// <summary>Finds an interface; null when there is none of this name in this network namespace.</summary>
    public static NetworkInterface? Find(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) >= Libc.InterfaceNameSize || Libc.InterfaceIndex(name) is not (> 0 and var index))
            return null;
        int socket = Libc.Socket(InternetFamily, Datagram | CloseOnExec, 0);
        return socket < 0 ? null : new NetworkInterface(new Descriptor(socket), name, index);
    }

    /// <summary>Names of the interfaces, for a message.</summary>
    public static string Names() =>
        string.Join(", ", System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces().Select(known => known.Name));

    /// <summary>True when it is up.</summary>
    public bool IsUp
    {
        get
        {
            byte* request = stackalloc byte[RequestSize];
            return Ask(GetFlags, request) && (*(short*)(request + Libc.InterfaceNameSize) & Up) != 0;
        }
    }

    /// <summary>Longest packet without link-layer header.</summary>
    public int Mtu
    {
        get
        {
            byte* request = stackalloc byte[RequestSize];
            return Ask(GetMtu, request) ? *(int*)(request + Libc.InterfaceNameSize) : 1500;
        }
    }

    /// <summary>Receive queues; 1 where the driver cannot tell.</summary>
    public int ReceiveQueues
    {
        get
        {
            // struct ethtool_channels: command, four maxima, then rx, tx, other, combined
            uint* channels = stackalloc uint[9];
            channels[0] = GetChannels;
            byte* request = stackalloc byte[RequestSize];
            new Span<byte>(request, RequestSize).Clear();
            *(uint**)(request + Libc.InterfaceNameSize) = channels;
            return Call(Ethtool, request) ? Math.Max(1, (int)(channels[5] + channels[8])) : 1;
        }
    }

    /// <summary>Brings it up.</summary>
    /// <returns>0 or the error number.</returns>
    public int BringUp()
    {
        byte* request = stackalloc byte[RequestSize];
        if (!Ask(GetFlags, request))
            return Libc.Errno;
        *(short*)(request + Libc.InterfaceNameSize) |= Up;
        return Call(SetFlags, request) ? 0 : Libc.Errno;
    }

    /// <summary>Sets its MTU.</summary>
    /// <returns>0 or the error number.</returns>
    public int ChangeMtu(int mtu)
    {
        byte* request = stackalloc byte[RequestSize];
        new Span<byte>(request, RequestSize).Clear();
        *(int*)(request + Libc.InterfaceNameSize) = mtu;
        return Call(SetMtu, request) ? 0 : Libc.Errno;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private bool Ask(ulong what, byte* request)
    {
        new Span<byte>(request, RequestSize).Clear();
        return Call(what, request);
    }

    private bool Call(ulong what, byte* request)
    {
        Encoding.UTF8.GetBytes(_name, new Span<byte>(request, Libc.InterfaceNameSize - 1));
        return Libc.Control(_socket, what, request) == 0;
    }
}
