using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Headrace.Cli.Nouns;

/// <summary>Small pieces that bpftool's forms are made of.</summary>
internal static class KernelText
{
    private static readonly JsonEncodedText[] s_bytes =
        [.. Enumerable.Range(0, 256).Select(one => JsonEncodedText.Encode(string.Create(CultureInfo.InvariantCulture, $"0x{one:x2}")))];

    /// <summary>Bytes as people read them: <c>0a 1b</c>.</summary>
    public static string Spaced(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes) is var digits
        ? string.Join(' ', digits.Chunk(2).Select(pair => new string(pair)))
        : "";

    /// <summary>Bytes as a list of texts: <c>["0x0a","0x1b"]</c>.</summary>
    public static void WriteBytes(this Utf8JsonWriter json, string name, ReadOnlySpan<byte> bytes)
    {
        json.WriteStartArray(name);
        foreach (byte one in bytes)
            json.WriteStringValue(s_bytes[one]);
        json.WriteEndArray();
    }

    /// <summary>A list of numbers.</summary>
    public static void WriteNumbers(this Utf8JsonWriter json, string name, IEnumerable<uint> numbers)
    {
        json.WriteStartArray(name);
        foreach (uint number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    /// <summary>A list of texts.</summary>
    public static void WriteTexts(this Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    /// <summary>The C library's words for an error number.</summary>
    public static string ErrorText(int errno) => Marshal.GetPInvokeErrorMessage(errno);
}
