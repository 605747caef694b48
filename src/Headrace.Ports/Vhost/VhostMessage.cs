using System.Buffers.Binary;
using Headrace.Ports.Sys;
using Microsoft.Win32.SafeHandles;

namespace Headrace.Ports;

/// <summary>Reads and writes vhost-user messages: request, flags and length in 12 bytes, then a payload, descriptors beside. For one side of one connection.</summary>
internal sealed class VhostMessage(UnixSocket socket) : IDisposable
{
    /// <summary>Bytes before the payload.</summary>
    public const int HeaderSize = 12;

    /// <summary>Longest payload of any request taken here.</summary>
    public const int MaxPayload = 1024;

    private const uint VersionMask = 3, Version = 1, ReplyFlag = 4, NeedReplyFlag = 8;

    private readonly byte[] _buffer = new byte[HeaderSize + MaxPayload];
    private readonly List<SafeFileHandle> _arrived = [];
    private int _have;

    /// <summary>What it is.</summary>
    public VhostRequest Request => (VhostRequest)BinaryPrimitives.ReadUInt32LittleEndian(_buffer);

    /// <summary>True for an answer.</summary>
    public bool IsReply => (Flags & ReplyFlag) != 0;

    /// <summary>True when an answer is wanted.</summary>
    public bool NeedsReply => (Flags & NeedReplyFlag) != 0;

    /// <summary>The payload.</summary>
    public ReadOnlySpan<byte> Payload => _buffer.AsSpan(HeaderSize, PayloadSize);

    /// <summary>The descriptors that came with it; they belong to the message until somebody takes them.</summary>
    public List<SafeFileHandle> Descriptors => _arrived;

    private uint Flags => BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(4));

    private int PayloadSize => (int)BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(8));

    /// <summary>Reads on.</summary>
    /// <param name="isWhole">True when a message is there.</param>
    /// <returns>False when the peer has closed the connection.</returns>
    /// <exception cref="ControlException">It is no vhost-user message.</exception>
    public bool Receive(out bool isWhole)
    {
        isWhole = false;
        int wanted = _have < HeaderSize ? HeaderSize : HeaderSize + PayloadSize;
        if (_have < wanted)
        {
            int length = socket.Receive(_buffer.AsSpan(_have, wanted - _have), _arrived, out bool truncated);
            if (length <= 0)
                return length < 0;
            if (truncated || _arrived.Count > UnixSocket.MaxDescriptors)
                throw new ControlException($"it sent more than {UnixSocket.MaxDescriptors} descriptors with a message");
            _have += length;
        }
        if (_have < HeaderSize)
            return true;
        if ((Flags & VersionMask) != Version)
            throw new ControlException($"it sent a message of version {Flags & VersionMask}; 1 is known");
        if ((uint)PayloadSize > MaxPayload)
            throw new ControlException($"it sent request {(uint)Request} with {(uint)PayloadSize} bytes; {MaxPayload} is the most here");
        isWhole = _have == HeaderSize + PayloadSize;
        return true;
    }

    /// <summary>Makes room for the next message; descriptors nobody took are closed.</summary>
    public void Next()
    {
        foreach (SafeFileHandle descriptor in _arrived)
            descriptor.Dispose();
        _arrived.Clear();
        _have = 0;
    }

    /// <summary>Sends a request.</summary>
    /// <exception cref="ControlException">The peer is gone.</exception>
    public void Send(VhostRequest request, ReadOnlySpan<byte> payload, bool needsReply, params ReadOnlySpan<SafeFileHandle> descriptors) =>
        Send(request, payload, Version | (needsReply ? NeedReplyFlag : 0), descriptors);

    /// <summary>Answers the message that is there.</summary>
    /// <exception cref="ControlException">The peer is gone.</exception>
    public void Reply(ReadOnlySpan<byte> payload) => Send(Request, payload, Version | ReplyFlag, []);

    /// <summary>Answers with a number.</summary>
    public void Reply(ulong value)
    {
        Span<byte> payload = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(payload, value);
        Reply(payload);
    }

    /// <summary>The payload as a number.</summary>
    /// <exception cref="ControlException">It has another length.</exception>
    public ulong Number() => BinaryPrimitives.ReadUInt64LittleEndian(Exactly(8));

    /// <summary>The payload, which must have a length.</summary>
    /// <exception cref="ControlException">It has another length.</exception>
    public ReadOnlySpan<byte> Exactly(int size) => PayloadSize == size
        ? Payload
        : throw new ControlException($"it sent {Request} with {PayloadSize} bytes; it has {size}");

    /// <inheritdoc/>
    public void Dispose() => Next();

    private void Send(VhostRequest request, ReadOnlySpan<byte> payload, uint flags, ReadOnlySpan<SafeFileHandle> descriptors)
    {
        Span<byte> message = stackalloc byte[HeaderSize + payload.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(message, (uint)request);
        BinaryPrimitives.WriteUInt32LittleEndian(message[4..], flags);
        BinaryPrimitives.WriteUInt32LittleEndian(message[8..], (uint)payload.Length);
        payload.CopyTo(message[HeaderSize..]);
        if (!socket.Send(message, descriptors))
            throw new ControlException("it closed the connection or does not read");
    }
}
