using System.Buffers.Binary;
using System.Text;

namespace Headrace.Linux;

/// <summary>The strings of a BTF blob by their text: what line information refers to by offset.</summary>
public sealed class BtfStrings
{
    // struct btf_header, include/uapi/linux/btf.h
    private const int HeaderLengthField = 4;
    private const int StringOffsetField = 16;
    private const int StringLengthField = 20;
    private const int HeaderSize = 24;

    private readonly Dictionary<string, uint> _offsets = new(StringComparer.Ordinal);

    /// <summary>Reads the string table.</summary>
    /// <param name="raw">A whole little-endian BTF blob. One that is cut off has no strings.</param>
    public BtfStrings(ReadOnlySpan<byte> raw)
    {
        if (raw.Length < HeaderSize)
            return;
        ulong start = (ulong)BinaryPrimitives.ReadUInt32LittleEndian(raw[HeaderLengthField..])
            + BinaryPrimitives.ReadUInt32LittleEndian(raw[StringOffsetField..]);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(raw[StringLengthField..]);
        if (start + length > (ulong)raw.Length)
            return;
        ReadOnlySpan<byte> strings = raw.Slice((int)start, (int)length);
        for (int offset = 0; offset < strings.Length;)
        {
            int end = strings[offset..].IndexOf((byte)0);
            if (end < 0)
                break;
            _offsets.TryAdd(Encoding.UTF8.GetString(strings.Slice(offset, end)), (uint)offset);
            offset += end + 1;
        }
    }

    /// <summary>Where a text starts in the table; 0, the empty text, when it is not there.</summary>
    public uint OffsetOf(string text) => _offsets.GetValueOrDefault(text);
}
