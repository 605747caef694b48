using System.Globalization;
using Headrace.Bindings.Shapes;

namespace Headrace.Bindings.Emitting;

/// <summary>Which types a class needs, what they are called in C#, and how large they are.</summary>
internal sealed class TypeTable
{
    // The tool gives larger ones as bytes; a description that was tampered with does not get around it.
    private const long MaxSize = 64 << 10;

    private readonly Dictionary<string, TypeShape> _shapes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _visiting = new(StringComparer.Ordinal);
    private readonly NameScope _scope;

    public TypeTable(ObjectShape shape, NameScope scope)
    {
        _scope = scope;
        foreach (TypeShape type in shape.Types)
        {
            if (_shapes.ContainsKey(type.Key))
                throw new ShapeException($"{type.Title} is there twice");
            if (type.Size is <= 0 or > MaxSize || (type.IsEnum && type.Size is not (1 or 2 or 4 or 8)))
                throw new ShapeException($"{type.Title} has {type.Size} bytes");
            _shapes.Add(type.Key, type);
        }
    }

    /// <summary>Structs, unions and enums to write, in the order in which they were asked for.</summary>
    public List<TypeShape> Types { get; } = [];

    /// <summary>Arrays to write, as inline arrays.</summary>
    public List<TypeReference> Arrays { get; } = [];

    /// <summary>A struct, union or enum.</summary>
    public TypeShape this[string key] => _shapes.TryGetValue(key, out TypeShape? shape) ? shape : throw new ShapeException($"type '{key}' is not there");

    /// <summary>The type that a person names: <c>event</c> or <c>struct event</c>; null when there is none.</summary>
    public TypeShape? Find(string name)
    {
        string key = name.Trim().Replace(' ', ':');
        foreach (string kind in (string[])["", "struct:", "union:", "enum:"])
        {
            if (_shapes.TryGetValue(kind + key, out TypeShape? shape))
                return shape;
        }
        return null;
    }

    /// <summary>Names of the types that begin with the same letter, as a hint.</summary>
    public IEnumerable<TypeShape> All => _shapes.Values;

    /// <summary>What C# calls a type; from now on it is one of those to write.</summary>
    public string Name(TypeReference type)
    {
        if (!type.IsArray && !type.IsNamed)
            return PlainName(type.Text);
        if (_names.TryGetValue(type.Text, out string? known))
            return known;
        if (type.IsArray)
        {
            string own = type.Element.Text == "char" ? "Text" : Word(Name(type.Element)) + "Array";
            string array = _scope.ClaimOwn(own + type.Count.ToString(CultureInfo.InvariantCulture));
            _names.Add(type.Text, array);
            Arrays.Add(type);
            return array;
        }
        TypeShape shape = this[type.Text];
        string name = _scope.Claim(shape.Name, shape.Title);
        _names.Add(type.Text, name);
        Types.Add(shape);
        foreach (MemberShape member in shape.Members)
        {
            if (member.Type is { } inner)
                Name(inner);
        }
        return name;
    }

    /// <summary>Size of a type in bytes.</summary>
    public long SizeOf(TypeReference type)
    {
        long count = 1;
        for (; type.IsArray; type = type.Element)
        {
            count *= type.Count;
            if (count > MaxSize)
                throw new ShapeException($"an array has {count} elements");
        }
        if (!type.IsNamed)
            return count * TypeReference.SizeOfPlain(type.Text);
        return count * this[type.Text].Size;
    }

    /// <summary>Refuses a struct whose members lie outside of it, or that is a part of itself.</summary>
    public void Check(TypeShape shape)
    {
        if (!_visiting.Add(shape.Key))
            throw new ShapeException($"{shape.Title} contains itself");
        foreach (MemberShape member in shape.Members)
        {
            if (member.Type is not { } type)
                continue;
            long bits = member.BitSize != 0 ? member.BitSize : SizeOf(type) * 8;
            if (member.BitOffset < 0 || member.BitSize is < 0 or > 64 || (member.BitSize == 0 && member.BitOffset % 8 != 0) || member.BitOffset + bits > shape.Size * 8)
                throw new ShapeException($"member '{member.Name}' does not lie inside {shape.Title}");
            if (type.IsNamed && !this[type.Base].IsEnum)
                Check(this[type.Base]);
        }
        _visiting.Remove(shape.Key);
    }

    /// <summary>The keyword of a type without a name of its own.</summary>
    public static string PlainName(string type) => type switch
    {
        "u8" or "char" => "byte",
        "u16" => "ushort",
        "u32" => "uint",
        "u64" or "ptr" => "ulong",
        "s8" => "sbyte",
        "s16" => "short",
        "s32" => "int",
        "s64" => "long",
        "u128" => "global::System.UInt128",
        "s128" => "global::System.Int128",
        "bool" => "bool",
        "f32" => "float",
        "f64" => "double",
        _ => throw new ShapeException($"type '{type}' is not known"),
    };

    // 'uint' in the name of an array: UIntArray4.
    private static string Word(string name) => name switch
    {
        "byte" => "Byte",
        "ushort" => "UShort",
        "uint" => "UInt",
        "ulong" => "ULong",
        "sbyte" => "SByte",
        "short" => "Short",
        "int" => "Int",
        "long" => "Long",
        "bool" => "Bool",
        "float" => "Float",
        "double" => "Double",
        _ => name.Substring(name.LastIndexOf('.') + 1),
    };
}
