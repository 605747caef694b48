using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Headrace.Linux.Sys;

/// <summary>A request to rtnetlink(7), built front to back: header, fixed part, attributes that may hold attributes.</summary>
internal sealed class NetlinkMessage
{
    /// <summary>What every request has.</summary>
    public const ushort Request = 1; // NLM_F_REQUEST
    public const ushort Acknowledge = 4; // NLM_F_ACK
    public const ushort Echo = 8; // NLM_F_ECHO
    public const ushort Dump = 0x300; // NLM_F_ROOT | NLM_F_MATCH
    public const ushort ReplaceExisting = 0x100; // NLM_F_REPLACE
    public const ushort Exclusive = 0x200; // NLM_F_EXCL
    public const ushort Create = 0x400; // NLM_F_CREATE

    private const int AttributeHeader = 4;
    private const ushort Nested = 0x8000; // NLA_F_NESTED

    private readonly ushort _type;
    private readonly ushort _flags;
    private byte[] _bytes = new byte[256];
    private int _length = NetlinkHeader.Size;

    private NetlinkMessage(ushort type, ushort flags) => (_type, _flags) = (type, (ushort)(flags | Request));

    /// <summary>True when the answer ends with an acknowledgement.</summary>
    public bool WantsAcknowledgement => (_flags & Acknowledge) != 0 && (_flags & Dump) == 0;

    /// <summary>Starts a message.</summary>
    public static NetlinkMessage Of<T>(ushort type, ushort flags, T fixedPart) where T : unmanaged
    {
        var message = new NetlinkMessage(type, flags);
        message.Append(fixedPart);
        return message;
    }

    /// <summary>Adds an attribute that is a number.</summary>
    public NetlinkMessage Add<T>(ushort type, T value) where T : unmanaged
    {
        AppendHeader(type, Unsafe.SizeOf<T>());
        Append(value);
        return this;
    }

    /// <summary>Adds an attribute that is a text with its zero.</summary>
    public NetlinkMessage Add(ushort type, string text)
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(text), 0];
        AppendHeader(type, bytes.Length);
        bytes.CopyTo(Room(bytes.Length));
        Pad();
        return this;
    }

    /// <summary>Adds an attribute that holds attributes.</summary>
    public NetlinkMessage Add(ushort type, Action<NetlinkMessage> content)
    {
        int start = _length;
        AppendHeader((ushort)(type | Nested), 0);
        content(this);
        MemoryMarshal.Write(_bytes.AsSpan(start), (ushort)(_length - start));
        return this;
    }

    /// <summary>The whole message.</summary>
    public ReadOnlySpan<byte> Finish(uint sequence)
    {
        MemoryMarshal.Write(_bytes, new NetlinkHeader { Length = (uint)_length, Type = _type, Flags = _flags, Sequence = sequence });
        return _bytes.AsSpan(0, _length);
    }

    private void AppendHeader(ushort type, int length)
    {
        Append((ushort)(AttributeHeader + length), pad: false);
        Append(type);
    }

    private void Append<T>(T value, bool pad = true) where T : unmanaged
    {
        MemoryMarshal.Write(Room(Unsafe.SizeOf<T>()), in value);
        if (pad)
            Pad();
    }

    private void Pad() => Room(-_length & 3).Clear();

    private Span<byte> Room(int length)
    {
        if (_length + length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + length));
        Span<byte> room = _bytes.AsSpan(_length, length);
        _length += length;
        return room;
    }
}
