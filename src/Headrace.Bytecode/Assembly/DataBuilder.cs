using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Headrace.Bytecode;

/// <summary>Gathers the bytes and variables of a data section.</summary>
internal sealed class DataBuilder(string name)
{
    // More than a map can hold in practice, and small enough to read any text without harm.
    private const int MaxSize = 64 << 20;

    private readonly List<byte> _bytes = [];
    private readonly List<AssemblyVariable> _variables = [];
    private (string Name, int Offset)? _open;

    /// <summary>The section's name.</summary>
    public string Name => name;

    /// <summary>True when a variable of this name is defined here.</summary>
    public bool Defines(string variable) => _open?.Name == variable || _variables.Any(v => v.Name == variable);

    /// <summary>Starts a variable at the next byte.</summary>
    public void Start(string variable)
    {
        End();
        _open = (variable, _bytes.Count);
    }

    /// <summary>Ends the open variable: the bytes that follow belong to none.</summary>
    public void End()
    {
        if (_open is (string open, int offset))
            _variables.Add(new AssemblyVariable(open, offset, _bytes.Count - offset, IsGlobal: false));
        _open = null;
    }

    /// <summary>Reads a data directive.</summary>
    /// <returns>False for a word that is no data directive.</returns>
    public bool TryRead(TokenReader reader)
    {
        Token token = reader.Next;
        switch (token.Kind == TokenKind.Word ? token.Text : "")
        {
            case ".u8" or ".byte":
                ReadNumbers(reader, 1);
                break;
            case ".u16" or ".short":
                ReadNumbers(reader, 2);
                break;
            case ".u32" or ".word" or ".long":
                ReadNumbers(reader, 4);
                break;
            case ".u64" or ".quad":
                ReadNumbers(reader, 8);
                break;
            case ".string":
                reader.Take();
                ReadString(reader);
                _bytes.Add(0);
                break;
            case ".ascii":
                reader.Take();
                ReadString(reader);
                break;
            case ".hex":
                reader.Take();
                ReadHex(reader);
                break;
            case ".zero":
                reader.Take();
                AddZeros(reader, (int)reader.ExpectNumber("a size in bytes", 0, MaxSize));
                break;
            case ".align":
                reader.Take();
                End();
                int alignment = (int)reader.ExpectNumber("an alignment in bytes", 1, 4096);
                AddZeros(reader, (alignment - (_bytes.Count % alignment)) % alignment);
                break;
            case ".end":
                reader.Take();
                End();
                break;
            default:
                return false;
        }
        reader.ExpectEnd();
        return true;
    }

    /// <summary>The finished section.</summary>
    /// <param name="globals">Names of the variables that are global.</param>
    public AssemblyData Build(IReadOnlySet<string> globals)
    {
        End();
        return new AssemblyData
        {
            Name = name,
            Bytes = [.. _bytes],
            Variables = [.. _variables.Select(variable => variable with { IsGlobal = globals.Contains(variable.Name) })],
        };
    }

    private void ReadNumbers(TokenReader reader, int size)
    {
        reader.Take();
        Span<byte> bytes = stackalloc byte[8];
        do
        {
            bool negative = reader.TryTake("-");
            ulong limit = size == 8 ? ulong.MaxValue : (1UL << (8 * size)) - 1;
            ulong magnitude = reader.ExpectUnsigned($"a number of {8 * size} bits", negative ? (limit >> 1) + 1 : limit);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, negative ? 0 - magnitude : magnitude);
            _bytes.AddRange(bytes[..size]);
        }
        while (reader.TryTake(","));
    }

    private void ReadString(TokenReader reader)
    {
        if (reader.Next.Kind != TokenKind.String)
            throw reader.Expected("text in double quotes");
        foreach (Rune rune in reader.Take().Text.EnumerateRunes())
        {
            // \xNN gives the byte; other text is UTF-8.
            if (rune.Value is >= 0x80 and <= 0xff)
                _bytes.Add((byte)rune.Value);
            else
                _bytes.AddRange(Encoding.UTF8.GetBytes(rune.ToString()));
        }
    }

    private void ReadHex(TokenReader reader)
    {
        Token token = reader.Next;
        if (token.Kind != TokenKind.String)
            throw reader.Expected("bytes as hex in double quotes");
        reader.Take();
        string digits = token.Text.Replace(" ", "", StringComparison.Ordinal);
        for (int at = 0; at < digits.Length; at += 2)
        {
            if (at + 2 > digits.Length || !byte.TryParse(digits.AsSpan(at, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
                throw reader.Error(token, "two hex digits a byte were expected");
            _bytes.Add(value);
        }
    }

    private void AddZeros(TokenReader reader, int count)
    {
        if (_bytes.Count + (long)count > MaxSize)
            throw reader.Expected($"a section of at most {MaxSize} bytes");
        _bytes.AddRange(new byte[count]);
    }
}
