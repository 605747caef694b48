using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Headrace.Bytecode;

/// <summary>Writes a data section as text: numbers where a variable is one, strings, zeros, bytes.</summary>
internal sealed class DataText(StringBuilder text, AssemblyData data)
{
    private const int BytesPerLine = 32;

    private static readonly SearchValues<byte> s_printable =
        SearchValues.Create([(byte)'\n', (byte)'\t', (byte)'\r', .. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (byte)c)]);

    /// <summary>Writes the section.</summary>
    public void Write()
    {
        int at = 0;
        bool open = false;
        foreach (AssemblyVariable variable in data.Variables.OrderBy(variable => variable.Offset))
        {
            if (variable.Offset > at)
            {
                if (open)
                    text.Append("\t.end\n");
                WriteBytes(at, variable.Offset);
            }
            if (variable.IsGlobal)
                text.Append(CultureInfo.InvariantCulture, $"\t.global {AssemblyNames.Quote(variable.Name)}\n");
            text.Append(CultureInfo.InvariantCulture, $"{AssemblyNames.Quote(variable.Name)}:\n");
            at = variable.Offset + variable.Size;
            WriteValue(variable.Offset, variable.Size);
            open = true;
        }
        if (at >= data.Bytes.Length)
            return;
        if (open)
            text.Append("\t.end\n");
        WriteBytes(at, data.Bytes.Length);
    }

    private void WriteValue(int offset, int size)
    {
        ReadOnlySpan<byte> bytes = data.Bytes.AsSpan(offset, size);
        string? number = size switch
        {
            1 => $".u8 {bytes[0]}",
            2 => $".u16 {BinaryPrimitives.ReadUInt16LittleEndian(bytes)}",
            4 => $".u32 {BinaryPrimitives.ReadUInt32LittleEndian(bytes)}",
            8 => $".u64 {BinaryPrimitives.ReadUInt64LittleEndian(bytes)}",
            _ => null,
        };
        if (number is not null && !data.IsZero)
            text.Append(CultureInfo.InvariantCulture, $"\t{number}\n");
        else if (size > 1 && bytes[^1] == 0 && !bytes[..^1].ContainsAnyExcept(s_printable))
            text.Append(CultureInfo.InvariantCulture, $"\t.string {AssemblyNames.QuoteText(Encoding.ASCII.GetString(bytes[..^1]))}\n");
        else
            WriteBytes(offset, offset + size);
    }

    private void WriteBytes(int start, int end)
    {
        if (start == end)
            return;
        if (!data.Bytes.AsSpan(start, end - start).ContainsAnyExcept((byte)0))
        {
            text.Append(CultureInfo.InvariantCulture, $"\t.zero {end - start}\n");
            return;
        }
        for (int at = start; at < end; at += BytesPerLine)
            text.Append(CultureInfo.InvariantCulture, $"\t.hex \"{Convert.ToHexStringLower(data.Bytes.AsSpan(at, Math.Min(BytesPerLine, end - at)))}\"\n");
    }
}
