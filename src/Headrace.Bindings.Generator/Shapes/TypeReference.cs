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
        return inner.IsNamed || s_sizes.ContainsKey(inner.Text) ? type : throw new FormatException($"'{text}' is no type");
    }

    /// <summary>Bytes of a type without a name (<c>u32</c>, <c>ptr</c>).</summary>
    public static int SizeOfPlain(string name) => s_sizes[name];

    private static readonly Dictionary<string, int> s_sizes = new()
    {
        ["u8"] = 1, ["u16"] = 2, ["u32"] = 4, ["u64"] = 8, ["u128"] = 16,
        ["s8"] = 1, ["s16"] = 2, ["s32"] = 4, ["s64"] = 8, ["s128"] = 16,
        ["char"] = 1, ["bool"] = 1, ["f32"] = 4, ["f64"] = 8, ["ptr"] = 8,
    };
}
