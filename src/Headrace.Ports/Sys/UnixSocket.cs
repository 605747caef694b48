using System.Runtime.InteropServices;
using System.Text;
using Headrace.Bytecode;
using Microsoft.Win32.SafeHandles;

namespace Headrace.Ports.Sys;

/// <summary>A UNIX socket that never blocks and passes file descriptors beside its bytes (unix(7), <c>SCM_RIGHTS</c>).</summary>
internal sealed unsafe class UnixSocket : IDisposable
{
    /// <summary>Descriptors a message may carry here; the kernel discards what is beyond.</summary>
    public const int MaxDescriptors = 16;

    private const int AfUnix = 1;
    private const int SolSocket = 1;
    private const int ScmRights = 1;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int MessageNoSignal = 0x4000;
    private const int MessageDontWait = 0x40;
    private const int MessageCloseOnExec = 0x40000000;
    private const int MessageTruncated = 0x20;
    private const int ControlTruncated = 0x8;
    private const int Again = 11, Interrupted = 4, NoEntry = 2, Refused = 111;
    private const int ControlHeader = 16; // struct cmsghdr of 64-bit Linux
    private const int ControlSize = ControlHeader + MaxDescriptors * sizeof(int);
    private const int PathOffset = 2, AddressSize = 110; // struct sockaddr_un

    private readonly SafeFileHandle _handle;
    private readonly string? _boundPath;

    private UnixSocket(SafeFileHandle handle, string? boundPath = null) => (_handle, _boundPath) = (handle, boundPath);

    /// <summary>The descriptor's number, for poll(2).</summary>
    public int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>Listens at a path. A socket file that nobody listens on any more is replaced.</summary>
    /// <exception cref="HeadraceException">The path is too long, in use, or cannot be made.</exception>
    public static UnixSocket Listen(string path, UnixSocketType type)
    {
        byte* address = stackalloc byte[AddressSize];
        uint length = Address(path, address);
        using (var other = TryConnect(path, type, out int connectError))
        {
            if (other != null)
                throw new HeadraceException($"{path}: another process listens on this socket: stop it or choose another path");
            if (connectError == Refused)
                File.Delete(path);
        }
        var handle = Create(type);
        if (Posix.Bind(handle, address, length) != 0 || Posix.Listen(handle, 4) != 0)
        {
            string reason = Marshal.GetLastPInvokeErrorMessage();
            handle.Dispose();
            throw new HeadraceException($"{path}: cannot listen on this socket: {reason}");
        }
        return new UnixSocket(handle, path);
    }

    /// <summary>Connects to a path; null when nobody listens there (yet).</summary>
    /// <exception cref="HeadraceException">The path is too long or sockets cannot be made.</exception>
    public static UnixSocket? TryConnect(string path, UnixSocketType type) => TryConnect(path, type, out _);

    /// <summary>Takes a connection that waits; null when none does.</summary>
    public UnixSocket? Accept()
    {
        var handle = Posix.Accept(_handle, null, null, NonBlocking | CloseOnExec);
        if (!handle.IsInvalid)
            return new UnixSocket(handle);
        handle.Dispose();
        return null;
    }

    /// <summary>Sends one message.</summary>
    /// <returns>False when the peer is gone or does not read.</returns>
    public bool Send(ReadOnlySpan<byte> data, params ReadOnlySpan<SafeFileHandle> descriptors)
    {
        byte* control = stackalloc byte[ControlSize];
        fixed (byte* bytes = data)
        {
            var vector = new IoVector { Base = bytes, Length = (nuint)data.Length };
            var message = new MessageHeader { Vectors = &vector, VectorCount = 1 };
            if (descriptors.Length > 0)
            {
                nuint length = (nuint)(ControlHeader + descriptors.Length * sizeof(int));
                *(nuint*)control = length;
                ((int*)control)[2] = SolSocket;
                ((int*)control)[3] = ScmRights;
                for (int i = 0; i < descriptors.Length; i++)
                    ((int*)control)[4 + i] = (int)descriptors[i].DangerousGetHandle();
                message.Control = control;
                message.ControlLength = (length + 7) & ~(nuint)7;
            }
            nint sent;
            do
                sent = Posix.SendMessage(_handle, &message, MessageNoSignal | MessageDontWait);
            while (sent < 0 && Marshal.GetLastPInvokeError() == Interrupted);
            return sent == data.Length;
        }
    }

    /// <summary>Receives up to a buffer's length of bytes and the descriptors beside them.</summary>
    /// <param name="buffer">Where the bytes go.</param>
    /// <param name="descriptors">Takes the descriptors, which then belong to the caller.</param>
    /// <param name="truncated">True when the message did not fit.</param>
    /// <returns>Bytes received; 0 when the peer has closed or failed; -1 when nothing is there yet.</returns>
    public int Receive(Span<byte> buffer, List<SafeFileHandle> descriptors, out bool truncated)
    {
        byte* control = stackalloc byte[ControlSize];
        fixed (byte* bytes = buffer)
        {
            var vector = new IoVector { Base = bytes, Length = (nuint)buffer.Length };
            var message = new MessageHeader { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = ControlSize };
            nint received;
            do
                received = Posix.ReceiveMessage(_handle, &message, MessageDontWait | MessageCloseOnExec);
            while (received < 0 && Marshal.GetLastPInvokeError() == Interrupted);
            truncated = (message.Flags & (MessageTruncated | ControlTruncated)) != 0;
            if (received < 0)
                return Marshal.GetLastPInvokeError() == Again ? -1 : 0;
            Take(control, (int)message.ControlLength, descriptors);
            return (int)received;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_boundPath != null && !_handle.IsClosed)
            File.Delete(_boundPath);
        _handle.Dispose();
    }

    private static void Take(byte* control, int length, List<SafeFileHandle> descriptors)
    {
        for (int at = 0; at + ControlHeader <= length;)
        {
            int size = (int)*(nuint*)(control + at);
            if (size < ControlHeader || size > length - at)
                return;
            if (*(int*)(control + at + 8) == SolSocket && *(int*)(control + at + 12) == ScmRights)
            {
                for (int i = ControlHeader; i + sizeof(int) <= size; i += sizeof(int))
                    descriptors.Add(new SafeFileHandle(*(int*)(control + at + i), ownsHandle: true));
            }
            at += (size + 7) & ~7;
        }
    }

    private static UnixSocket? TryConnect(string path, UnixSocketType type, out int error)
    {
        byte* address = stackalloc byte[AddressSize];
        uint length = Address(path, address);
        var handle = Create(type);
        error = Posix.Connect(handle, address, length) == 0 ? 0 : Marshal.GetLastPInvokeError();
        if (error == 0)
            return new UnixSocket(handle);
        handle.Dispose();
        return null;
    }

    private static SafeFileHandle Create(UnixSocketType type)
    {
        var handle = Posix.Socket(AfUnix, (int)type | NonBlocking | CloseOnExec, 0);
        if (!handle.IsInvalid)
            return handle;
        string reason = Marshal.GetLastPInvokeErrorMessage();
        handle.Dispose();
        throw new HeadraceException($"cannot make a UNIX socket: {reason}");
    }

    // A path that begins with '@' names a socket in the abstract namespace, as libmemif and socat write it.
    private static uint Address(string path, byte* address)
    {
        int length = Encoding.UTF8.GetByteCount(path);
        if (length is 0 or > AddressSize - PathOffset - 1)
            throw new HeadraceException($"'{path}': a socket's path has 1 to {AddressSize - PathOffset - 1} bytes, this one has {length}");
        new Span<byte>(address, AddressSize).Clear();
        *(ushort*)address = AfUnix;
        Encoding.UTF8.GetBytes(path, new Span<byte>(address + PathOffset, length));
        if (path[0] == '@')
            address[PathOffset] = 0;
        return (uint)(PathOffset + length + (path[0] == '@' ? 0 : 1));
    }
}
