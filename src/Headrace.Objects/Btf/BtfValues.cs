using System.Text.Json;

namespace Headrace.Objects;

/// <summary>Shows bytes as the values that their BTF type says they are.</summary>
public static class BtfValues
{
    /// <summary>A value as a C initialiser on one line: <c>{ .packets = 3, .name = "eth0" }</c>.</summary>
    /// <param name="types">Where the type belongs.</param>
    /// <param name="typeId">The type: anything with a size, a variable, or a data section.</param>
    /// <param name="bytes">The value; at least as long as the type.</param>
    /// <exception cref="ObjectException">Too few bytes, or a type without values.</exception>
    public static string Format(Btf types, int typeId, ReadOnlySpan<byte> bytes)
    {
        var sink = new BtfTextSink();
        new BtfValueWalker(types, sink).Walk(typeId, bytes);
        return sink.ToString();
    }

    /// <summary>Writes a value as JSON; members of anonymous structs and unions count as the outer one's.</summary>
    /// <param name="types">Where the type belongs.</param>
    /// <param name="typeId">The type: anything with a size, a variable, or a data section.</param>
    /// <param name="bytes">The value; at least as long as the type.</param>
    /// <param name="writer">Where it goes.</param>
    /// <exception cref="ObjectException">Too few bytes, or a type without values; the writer then holds a part.</exception>
    public static void WriteJson(Btf types, int typeId, ReadOnlySpan<byte> bytes, Utf8JsonWriter writer) =>
        new BtfValueWalker(types, new BtfJsonSink(writer)).Walk(typeId, bytes);
}
