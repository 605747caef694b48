using System.Buffers.Binary;
using System.Text;

namespace Headrace.Ports.Tests;

/// <summary>Builds captures byte by byte, independently of the reader and the writer.</summary>
internal sealed class CaptureBytes(bool bigEndian)
{
    private readonly List<byte> bytes = [];

    public byte[] ToArray() => [.. bytes];

    public int Length => bytes.Count;

    public CaptureReader Open() => CaptureReader.Open(new MemoryStream(ToArray()), "test");

    public CaptureBytes U16(int value)
    {
        Span<byte> two = stackalloc byte[2];
        if (bigEndian)
            BinaryPrimitives.WriteUInt16BigEndian(two, (ushort)value);
        else
            BinaryPrimitives.WriteUInt16LittleEndian(two, (ushort)value);
        return Raw(two);
    }

    public CaptureBytes U32(uint value)
    {
        Span<byte> four = stackalloc byte[4];
        if (bigEndian)
            BinaryPrimitives.WriteUInt32BigEndian(four, value);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(four, value);
        return Raw(four);
    }

    public CaptureBytes Raw(ReadOnlySpan<byte> raw)
    {
        bytes.AddRange(raw);
        return this;
    }

    public CaptureBytes PcapHeader(bool nanoseconds = false, uint linkType = 1, uint snapLength = 65535, int major = 2, int minor = 4) =>
        U32(nanoseconds ? 0xA1B23C4D : 0xA1B2C3D4).U16(major).U16(minor).U32(0).U32(0).U32(snapLength).U32(linkType);

    public CaptureBytes PcapPacket(uint seconds, uint fraction, byte[] data, uint? original = null, uint? captured = null) =>
        U32(seconds).U32(fraction).U32(captured ?? (uint)data.Length).U32(original ?? (uint)data.Length).Raw(data);

    public CaptureBytes Block(uint type, CaptureBytes body, uint? length = null, uint? trailer = null)
    {
        int padding = -body.Length & 3;
        uint total = (uint)(12 + body.Length + padding);
        return U32(type).U32(length ?? total).Raw(body.ToArray()).Raw(new byte[padding]).U32(trailer ?? length ?? total);
    }

    public CaptureBytes Section(int major = 1, uint magic = 0x1A2B3C4D) =>
        Block(0x0A0D0D0A, Body.U32(magic).U16(major).U16(0).U32(uint.MaxValue).U32(uint.MaxValue));

    public CaptureBytes Interface(int linkType = 1, uint snapLength = 0, CaptureBytes? options = null) =>
        Block(1, Body.U16(linkType).U16(0).U32(snapLength).Raw(options?.ToArray() ?? []));

    public CaptureBytes Enhanced(uint id, ulong timestamp, byte[] data, uint? original = null, uint? captured = null, CaptureBytes? options = null)
    {
        var body = Body.U32(id).U32((uint)(timestamp >> 32)).U32((uint)timestamp).U32(captured ?? (uint)data.Length).U32(original ?? (uint)data.Length).Raw(data);
        return Block(6, body.Raw(new byte[-data.Length & 3]).Raw(options?.ToArray() ?? []));
    }

    public CaptureBytes Simple(uint original, byte[] data) => Block(3, Body.U32(original).Raw(data));

    public CaptureBytes Obsolete(int id, ulong timestamp, byte[] data) =>
        Block(2, Body.U16(id).U16(7).U32((uint)(timestamp >> 32)).U32((uint)timestamp).U32((uint)data.Length).U32((uint)data.Length).Raw(data));

    public CaptureBytes Option(int code, byte[] value) => U16(code).U16(value.Length).Raw(value).Raw(new byte[-value.Length & 3]);

    public CaptureBytes Option(int code, string text) => Option(code, Encoding.UTF8.GetBytes(text));

    /// <summary>An empty piece in the same byte order, to build the inside of a block.</summary>
    public CaptureBytes Body => new(bigEndian);
}
