using System.Globalization;

namespace Headrace.Bindings.Shapes;

/// <summary>A type as members, maps and variables name it: <c>u32</c>, <c>[4]u8</c>, <c>struct:flow</c>.</summary>
/// <param name="Text">The whole of it; the outermost array comes first, as in C.</param>
internal sealed record TypeReference(string Text)
{
    /// <summary>True for an array with at least one element.</summary>
    public bool IsArray => Text[0] == '[';

    /// <summary>Elements of an array.</summary>
    public int Count => int.Parse(Text.Substring(1, Text.IndexOf(']') - 1), CultureInfo.InvariantCulture);

    /// <summary>What an array holds.</summary>
    public TypeReference Element => new(Text.Substring(Text.IndexOf(']') + 1));

    /// <summary>The type behind all arrays.</summary>
    public string Base => Text.Substring(Text.LastIndexOf(']') + 1);

    /// <summary>True when it names a struct, union or enum.</summary>
    public bool IsNamed => Base.IndexOf(':') > 0;

    /// <summary>Reads one; null for <c>-</c>.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static TypeReference? Parse(string text)
    {
        if (text == "-")
            return null;
        var type = new TypeReference(text);
        TypeReference inner = type;
        for (int depth = 0; inner.Text.Length > 0 && inner.IsArray; depth++)
        {
            int end = inner.Text.IndexOf(']');
            if (depth > 32 || end < 0 || !int.TryParse(inner.Text.Substring(1, end - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count == 0)
                throw new FormatException($"'{text}' is no type");
            inner = inner.Element;
        }
        return inner.IsNamed || SizeOfPlain(inner.Text) > 0 ? type : throw new FormatException($"'{text}' is no type");
    }

    /// <summary>Bytes of a type without a name (<c>u32</c>, <c>ptr</c>); 0 when there is no such type.</summary>
    public static int SizeOfPlain(string name) => name switch
    {
        "u8" or "s8" or "char" or "bool" => 1,
        "u16" or "s16" => 2,
        "u32" or "s32" or "f32" => 4,
        "u64" or "s64" or "f64" or "ptr" => 8,
        "u128" or "s128" => 16,
        _ => 0,
    };
}
