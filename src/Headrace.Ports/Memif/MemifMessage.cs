using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace Headrace.Ports;

/// <summary>One message of memif's control socket: a type and packed little-endian fields, always 128 bytes (memif 2.0).</summary>
internal struct MemifMessage
{
    /// <summary>Bytes of every message.</summary>
    public const int Size = 128;

    /// <summary>Version 2.0.</summary>
    public const ushort Version = 2 << 8;

    private const int NameSize = 32, SecretSize = 24, ReasonSize = 96;

    private Bytes _bytes;

    /// <summary>The whole message.</summary>
    [UnscopedRef]
    public Span<byte> Data => _bytes;

    /// <summary>What it is.</summary>
    public MemifMessageType Type => (MemifMessageType)U16(0);

    /// <summary>HELLO: lowest version the server speaks.</summary>
    public ushort HelloMinVersion => U16(34);

    /// <summary>HELLO: highest version the server speaks.</summary>
    public ushort HelloMaxVersion => U16(36);

    /// <summary>HELLO: highest index of a region.</summary>
    public ushort HelloMaxRegion => U16(38);

    /// <summary>HELLO: highest index of a ring towards the client.</summary>
    public ushort HelloMaxToClientRing => U16(40);

    /// <summary>HELLO: highest index of a ring towards the server.</summary>
    public ushort HelloMaxToServerRing => U16(42);

    /// <summary>HELLO: binary logarithm of the longest ring.</summary>
    public byte HelloMaxLog2Ring => _bytes[44];

    /// <summary>INIT: version the client chose.</summary>
    public ushort InitVersion => U16(2);

    /// <summary>INIT: interface id.</summary>
    public uint InitId => U32(4);

    /// <summary>INIT: 0 for Ethernet frames.</summary>
    public byte InitMode => _bytes[8];

    /// <summary>INIT: the secret.</summary>
    public string InitSecret => Text(9, SecretSize);

    /// <summary>INIT: the client's name.</summary>
    public string InitName => Text(33, NameSize);

    /// <summary>ADD_REGION: index.</summary>
    public ushort RegionIndex => U16(2);

    /// <summary>ADD_REGION: bytes.</summary>
    public ulong RegionSize => BinaryPrimitives.ReadUInt64LittleEndian(((ReadOnlySpan<byte>)_bytes)[4..]);

    /// <summary>ADD_RING: true for a ring from client to server.</summary>
    public bool RingIsToServer => (U16(2) & 1) != 0;

    /// <summary>ADD_RING: index among those of its direction.</summary>
    public ushort RingIndex => U16(4);

    /// <summary>ADD_RING: region it lies in.</summary>
    public ushort RingRegion => U16(6);

    /// <summary>ADD_RING: where in the region.</summary>
    public uint RingOffset => U32(8);

    /// <summary>ADD_RING: binary logarithm of its descriptors' number.</summary>
    public byte RingLog2Size => _bytes[12];

    /// <summary>DISCONNECT: why.</summary>
    public string Reason => Text(6, ReasonSize);

    /// <summary>What a server says first.</summary>
    public static MemifMessage Hello(string name, int regions, int rings, int log2Ring)
    {
        var message = Of(MemifMessageType.Hello);
        message.Write(2, NameSize, name);
        message.Write(34, Version);
        message.Write(36, Version);
        message.Write(38, (ushort)(regions - 1));
        message.Write(40, (ushort)(rings - 1));
        message.Write(42, (ushort)(rings - 1));
        message._bytes[44] = (byte)log2Ring;
        return message;
    }

    /// <summary>A client's answer to it.</summary>
    public static MemifMessage Init(uint id, string secret, string name)
    {
        var message = Of(MemifMessageType.Init);
        message.Write(2, Version);
        message.Write(4, id);
        message.Write(9, SecretSize, secret);
        message.Write(33, NameSize, name);
        return message;
    }

    /// <summary>Announces memory; its descriptor goes beside.</summary>
    public static MemifMessage AddRegion(ushort index, ulong size)
    {
        var message = Of(MemifMessageType.AddRegion);
        message.Write(2, index);
        BinaryPrimitives.WriteUInt64LittleEndian(message.Data[4..], size);
        return message;
    }

    /// <summary>Announces a ring; its event descriptor goes beside.</summary>
    public static MemifMessage AddRing(bool toServer, ushort index, ushort region, uint offset, int log2Size)
    {
        var message = Of(MemifMessageType.AddRing);
        message.Write(2, (ushort)(toServer ? 1 : 0));
        message.Write(4, index);
        message.Write(6, region);
        message.Write(8, offset);
        message._bytes[12] = (byte)log2Size;
        return message;
    }

    /// <summary>Says that all is announced.</summary>
    public static MemifMessage Connect(string name)
    {
        var message = Of(MemifMessageType.Connect);
        message.Write(2, NameSize, name);
        return message;
    }

    /// <summary>The server's last word before packets.</summary>
    public static MemifMessage Connected(string name)
    {
        var message = Of(MemifMessageType.Connected);
        message.Write(2, NameSize, name);
        return message;
    }

    /// <summary>Says yes to the message before.</summary>
    public static MemifMessage Ack() => Of(MemifMessageType.Ack);

    /// <summary>Says why the connection ends.</summary>
    public static MemifMessage Disconnect(string reason)
    {
        var message = Of(MemifMessageType.Disconnect);
        message.Write(6, ReasonSize, reason);
        return message;
    }

    private static MemifMessage Of(MemifMessageType type)
    {
        var message = default(MemifMessage);
        message.Write(0, (ushort)type);
        return message;
    }

    private readonly ushort U16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(((ReadOnlySpan<byte>)_bytes)[at..]);

    private readonly uint U32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(((ReadOnlySpan<byte>)_bytes)[at..]);

    // A peer's text goes into messages for people: what a terminal would obey is left out.
    private readonly string Text(int at, int size)
    {
        ReadOnlySpan<byte> field = ((ReadOnlySpan<byte>)_bytes).Slice(at, size);
        int end = field.IndexOf((byte)0);
        string text = Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
        return string.Concat(text.Where(letter => !char.IsControl(letter)));
    }

    private void Write(int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Data[at..], value);

    private void Write(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Data[at..], value);

    // Cut to what fits with a zero at the end.
    private void Write(int at, int size, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        bytes.AsSpan(0, Math.Min(bytes.Length, size - 1)).CopyTo(Data.Slice(at, size));
    }

    [InlineArray(Size)]
    private struct Bytes
    {
        private byte _first;
    }
}
