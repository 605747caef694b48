using System.Globalization;
using Headrace.Testing;

namespace Headrace.Bytecode.Tests;

/// <summary>The vectors of this folder: a line a case, two columns.</summary>
public static class VectorFile
{
    public const string OursMark = "[ours]";

    /// <summary>Text and bytes of every valid instruction form.</summary>
    public static TheoryData<string, string> Instructions => Read("instructions.txt", (text, bytes) => (text, bytes.Replace(OursMark, "").Trim()));

    /// <summary>Text and bytes of the forms that the kernel's log prints exactly so.</summary>
    public static TheoryData<string, string> KernelInstructions => Read("instructions.txt", (text, bytes) => bytes.EndsWith(OursMark, StringComparison.Ordinal) ? null : (text, bytes));

    /// <summary>Bytes of invalid encodings and a fragment of the reason.</summary>
    public static TheoryData<string, string> Invalid => Read("invalid.txt", (bytes, reason) => (bytes, reason));

    /// <summary>The invalid encodings that are whole instructions, which a kernel can be asked about.</summary>
    public static TheoryData<string, string> InvalidInstructions => Read("invalid.txt", (bytes, reason) => Bytes(bytes).Length % 8 == 0 ? (bytes, reason) : null);

    public static byte[] Bytes(string hex) => [.. hex.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(b => byte.Parse(b, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];

    public static string Hex(ReadOnlySpan<byte> bytes) => string.Join(' ', bytes.ToArray().Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));

    private static TheoryData<string, string> Read(string name, Func<string, string, (string, string)?> select)
    {
        var rows = new TheoryData<string, string>();
        foreach (string line in File.ReadLines(Path.Combine(Repository.Root, "tests", "Headrace.Bytecode.Tests", "Vectors", name)))
        {
            if (line.Length == 0 || line.StartsWith('#'))
                continue;
            string[] columns = line.Split(';');
            if (select(columns[0].Trim(), columns[1].Trim()) is (string first, string second))
                rows.Add(first, second);
        }
        return rows;
    }
}
