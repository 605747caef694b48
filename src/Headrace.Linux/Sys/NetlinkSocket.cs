using System.Runtime.InteropServices;
using System.Text;

namespace Headrace.Linux.Sys;

/// <summary>A socket to rtnetlink(7): requests go out, answers or the kernel's refusal in words come back.</summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    private const int Family = 16; // AF_NETLINK
    private const int RawCloseOnExec = 3 | 0x80000; // SOCK_RAW | SOCK_CLOEXEC
    private const int OptionLevel = 270; // SOL_NETLINK
    private const int ExtendedAcknowledge = 11; // NETLINK_EXT_ACK
    private const int CapAcknowledge = 10; // NETLINK_CAP_ACK: errors do not repeat the request
    private const int StrictCheck = 12; // NETLINK_GET_STRICT_CHK
    private const int Truncated = 0x20; // MSG_TRUNC
    private const int Peek = 0x2; // MSG_PEEK
    private const ushort Error = 2, Done = 3; // NLMSG_ERROR, NLMSG_DONE
    private const ushort Multi = 2; // NLM_F_MULTI
    private const ushort HasTexts = 0x200; // NLM_F_ACK_TLVS
    private const ushort TextAttribute = 1; // NLMSGERR_ATTR_MSG

    private readonly Descriptor _socket;
    private uint _sequence;

    private NetlinkSocket(Descriptor socket) => _socket = socket;

    /// <summary>Opens a socket in the calling thread's network namespace.</summary>
    public static NetlinkSocket Open()
    {
        int descriptor = Libc.OpenSocket(Family, RawCloseOnExec, 0);
        if (descriptor < 0)
            throw new KernelException("socket", "rtnetlink", Marshal.GetLastPInvokeError());
        var socket = new NetlinkSocket(new Descriptor(descriptor));
        int on = 1;
        // Old kernels lack these; messages have less to say then.
        _ = Libc.SetSocketOption(descriptor, OptionLevel, ExtendedAcknowledge, &on, sizeof(int));
        _ = Libc.SetSocketOption(descriptor, OptionLevel, CapAcknowledge, &on, sizeof(int));
        _ = Libc.SetSocketOption(descriptor, OptionLevel, StrictCheck, &on, sizeof(int));
        return socket;
    }

    /// <summary>Sends a request and waits for the end of its answer.</summary>
    /// <param name="message">The request; its sequence number is set here.</param>
    /// <param name="reply">Receives each message of the answer, without its header.</param>
    /// <param name="text">What the kernel says beside the error number; empty for nothing.</param>
    /// <returns>0 or -errno.</returns>
    public int TryRequest(NetlinkMessage message, Action<ReadOnlySpan<byte>>? reply, out string text)
    {
        text = "";
        uint sequence = ++_sequence;
        ReadOnlySpan<byte> request = message.Finish(sequence);
        fixed (byte* pointer = request)
        {
            if (Libc.Send(_socket.Value, pointer, (nuint)request.Length, 0) < 0)
                return -Marshal.GetLastPInvokeError();
        }
        while (true)
        {
            int error = ReceiveDatagram(out byte[] datagram);
            if (error < 0)
                return error;
            for (int at = 0; at + NetlinkHeader.Size <= datagram.Length;)
            {
                NetlinkHeader header = MemoryMarshal.Read<NetlinkHeader>(datagram.AsSpan(at));
                if (header.Length < NetlinkHeader.Size || header.Length > (uint)(datagram.Length - at))
                    return -ErrorNumber.EPROTO;
                ReadOnlySpan<byte> payload = datagram.AsSpan(at + NetlinkHeader.Size, (int)header.Length - NetlinkHeader.Size);
                at += (int)(header.Length + 3 & ~3u);
                if (header.Sequence != sequence)
                    continue;
                if (header.Type is Error or Done)
                {
                    int result = payload.Length >= sizeof(int) ? MemoryMarshal.Read<int>(payload) : 0;
                    text = TextOf(header, payload);
                    return result;
                }
                reply?.Invoke(payload);
                if ((header.Flags & Multi) == 0 && !message.WantsAcknowledgement)
                    return 0;
            }
        }
    }

    /// <summary>The same for a request that must not fail.</summary>
    /// <exception cref="KernelException">It failed; what the kernel says beside the error number is its log.</exception>
    public void Request(NetlinkMessage message, string call, string subject, Action<ReadOnlySpan<byte>>? reply = null)
    {
        int result = TryRequest(message, reply, out string text);
        if (result < 0)
            throw new KernelException(call, subject, -result, text);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private int ReceiveDatagram(out byte[] datagram)
    {
        datagram = [];
        nint length;
        do
        {
            length = Libc.Receive(_socket.Value, null, 0, Peek | Truncated);
        }
        while (length < 0 && Marshal.GetLastPInvokeError() == ErrorNumber.EINTR);
        if (length < 0)
            return -Marshal.GetLastPInvokeError();
        datagram = new byte[length];
        fixed (byte* pointer = datagram)
        {
            do
            {
                length = Libc.Receive(_socket.Value, pointer, (nuint)datagram.Length, 0);
            }
            while (length < 0 && Marshal.GetLastPInvokeError() == ErrorNumber.EINTR);
        }
        return length < 0 ? -Marshal.GetLastPInvokeError() : 0;
    }

    // struct nlmsgerr: error, the request's header (the request itself is left out by NETLINK_CAP_ACK), attributes.
    private static string TextOf(in NetlinkHeader header, ReadOnlySpan<byte> payload)
    {
        int start = header.Type == Done ? sizeof(int) : sizeof(int) + NetlinkHeader.Size;
        if ((header.Flags & HasTexts) == 0 || payload.Length < start)
            return "";
        return new NetlinkAttributes(payload[start..]).TryFind(TextAttribute, out ReadOnlySpan<byte> text) ? Encoding.UTF8.GetString(text.TrimEnd((byte)0)) : "";
    }
}
