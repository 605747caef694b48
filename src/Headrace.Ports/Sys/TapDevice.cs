using System.Text;
using Headrace.Linux;
using Headrace.Linux.Sys;

namespace Headrace.Ports.Sys;

/// <summary>A queue of a TAP interface: what the kernel sends to the interface is read, what is written the kernel receives by it (Documentation/networking/tuntap.rst).</summary>
internal sealed unsafe class TapDevice : IDisposable
{
    private const int ReadWrite = 2, NonBlocking = 0x800, CloseOnExec = 0x80000; // O_RDWR, O_NONBLOCK, O_CLOEXEC
    private const ulong SetInterface = 0x400454ca; // TUNSETIFF, include/uapi/linux/if_tun.h
    private const short Tap = 2, NoPacketInformation = 0x1000, MultiQueue = 0x100; // IFF_TAP, IFF_NO_PI, IFF_MULTI_QUEUE
    private const int RequestSize = 40; // sizeof(struct ifreq)

    private readonly int _number;

    private TapDevice(Descriptor descriptor) => (Descriptor, _number) = (descriptor, descriptor.Value);

    public Descriptor Descriptor { get; }

    /// <summary>Makes the interface, or takes one that is there and free.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static TapDevice Open(string name, bool multiQueue)
    {
        string subject = $"TAP interface '{name}'";
        int number = Libc.Open("/dev/net/tun", ReadWrite | NonBlocking | CloseOnExec);
        if (number < 0)
        {
            throw new KernelException("open(/dev/net/tun)", subject, Libc.Errno,
                advice: Libc.Errno == ErrorNumber.ENOENT ? "The kernel's tun module is missing: modprobe tun, or give the container /dev/net/tun." : null);
        }
        var descriptor = new Descriptor(number);
        byte* request = stackalloc byte[RequestSize];
        new Span<byte>(request, RequestSize).Clear();
        Encoding.UTF8.GetBytes(name, new Span<byte>(request, Libc.InterfaceNameSize - 1));
        *(short*)(request + Libc.InterfaceNameSize) = (short)(Tap | NoPacketInformation | (multiQueue ? MultiQueue : 0));
        if (Libc.Control(descriptor, SetInterface, request) < 0)
        {
            int error = Libc.Errno;
            descriptor.Dispose();
            throw new KernelException("TUNSETIFF", subject, error, advice: error switch
            {
                ErrorNumber.EPERM => "TAP interfaces need CAP_NET_ADMIN: run as root.",
                ErrorNumber.EBUSY => "Another process has it, or an interface of this name is no TAP.",
                ErrorNumber.EINVAL => "An interface of this name is there and differs: it is no TAP, or has another number of queues (queues=).",
                _ => null,
            });
        }
        return new TapDevice(descriptor);
    }

    /// <summary>Reads one frame; its length, or less than 0 when there is none.</summary>
    public int Read(byte* bytes, int capacity) => (int)Libc.Read(_number, bytes, (nuint)capacity);

    /// <summary>Writes one frame.</summary>
    /// <returns>0 or the error number.</returns>
    public int Write(byte* bytes, int length) => Libc.Write(_number, bytes, (nuint)length) < 0 ? Libc.Errno : 0;

    public void Dispose() => Descriptor.Dispose();
}
