using System.Buffers.Binary;
using System.Text;

namespace Headrace.Objects.Writing;

/// <summary>Gathers little-endian fields.</summary>
internal sealed class ByteWriter
{
    private byte[] _bytes = new byte[256];

    /// <summary>Bytes so far: the place of the next field.</summary>
    public int Length { get; private set; }

    /// <summary>What was gathered.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public ByteWriter U8(byte value)
    {
        Take(1)[0] = value;
        return this;
    }

    public ByteWriter U16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Take(2), value);
        return this;
    }

    public ByteWriter U32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);
        return this;
    }

    public ByteWriter U64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);
        return this;
    }

    public ByteWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Take(bytes.Length));
        return this;
    }

    /// <summary>A string with its terminating zero.</summary>
    public ByteWriter Text(string text) => Bytes(Encoding.UTF8.GetBytes(text)).U8(0);

    /// <summary>Zeros up to a multiple of <paramref name="alignment"/>.</summary>
    public ByteWriter Align(int alignment)
    {
        Take((alignment - (Length % alignment)) % alignment).Clear();
        return this;
    }

    private Span<byte> Take(int count)
    {
        if (Length + count > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }
}
