using System.Globalization;
using Headrace.Bindings.Shapes;
using Headrace.Objects;

namespace Headrace.Bindings.Tool;

/// <summary>Turns BTF types into shapes: each once, named so that the name stays the same when other types come and go.</summary>
internal sealed class TypeShapes(Btf types, List<TypeShape> shapes)
{
    private const int MaxDepth = 32;
    private const int MaxMembers = 1 << 16;
    // Structs are copied by value: what is larger is given as bytes.
    private const long MaxSize = 64 << 10;

    private readonly BtfFormatter _formatter = new(types);
    private readonly Dictionary<int, string?> _keys = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private int _members;

    /// <summary>How C declares a name.</summary>
    public string Declare(int id, string name) => _formatter.Declare(id, name);

    /// <summary>A type that C# needs, and all that it consists of.</summary>
    /// <returns>Null for what has no bytes that C# could hold: void, a flexible array, more than 64 KiB.</returns>
    public TypeReference? Use(int id)
    {
        TypeReference? type = Refer(id, "", 0);
        if (type is not null)
            MarkUsed(type);
        return type;
    }

    /// <summary>The struct, union or enum that a pointer, or an array of pointers, points to.</summary>
    public void UsePointee(int id)
    {
        for (int depth = 0; depth < MaxDepth && id != 0; depth++)
        {
            BtfType type = types[id];
            if (type is BtfPointer)
            {
                int target = types.SkipModifiers(type.Target);
                if ((types[target].IsComposite || types[target].IsEnum) && types[target].Name.Length > 0)
                    Use(target);
                return;
            }
            if (type is not BtfArray && !type.IsModifier)
                return;
            id = type.Target;
        }
    }

    /// <summary>Every struct, union and enum with a name, for those who ask for it.</summary>
    public void AddNamed()
    {
        for (int id = types.FirstOwnId; id < types.Count; id++)
        {
            if (types[id] is { Name.Length: > 0 } type && (type.IsComposite || type.IsEnum))
                Refer(id, "", 0);
        }
    }

    private void MarkUsed(TypeReference type)
    {
        if (!type.IsNamed || !_places.TryGetValue(type.Base, out int place) || shapes[place].IsUsed)
            return;
        shapes[place] = shapes[place] with { IsUsed = true };
        foreach (MemberShape member in shapes[place].Members)
        {
            if (member.Type is { } inner)
                MarkUsed(inner);
        }
    }

    /// <param name="id">The type.</param>
    /// <param name="path">Names a type that has no name: where it stands, such as <c>flow.inner</c>.</param>
    /// <param name="depth">Types around it.</param>
    private TypeReference? Refer(int id, string path, int depth)
    {
        if (depth > MaxDepth)
            throw Error($"more than {MaxDepth} types stand inside each other at type {id}");
        string arrays = "";
        long count = 1;
        for (int steps = 0; steps < MaxDepth; steps++)
        {
            BtfType type = types[id];
            switch (type)
            {
                case BtfArray { Count: 0 }:
                    return null;
                case BtfArray array:
                    count *= array.Count;
                    if (count > MaxSize)
                        return null;
                    arrays += string.Create(CultureInfo.InvariantCulture, $"[{array.Count}]");
                    break;
                case BtfModifier { Kind: BtfKind.Typedef }:
                    // A struct without a tag is known by its typedef.
                    path = type.Name;
                    break;
                case BtfModifier or BtfVariable:
                    break;
                default:
                    if (types.TrySizeOf(id) is not { } size || size <= 0 || size * count > MaxSize || Plain(type, id, path, depth) is not { } name)
                        return null;
                    return new TypeReference(arrays + name);
            }
            id = type.Target;
        }
        throw Error($"more than {MaxDepth} types follow each other at type {id}");
    }

    private string? Plain(BtfType type, int id, string path, int depth) => type switch
    {
        BtfInt number => Integer(number),
        BtfFloat { Size: 4 } => "f32",
        BtfFloat { Size: 8 } => "f64",
        BtfFloat number => Bytes(number.Size),
        BtfPointer => "ptr",
        BtfEnum @enum => AddEnum(@enum, id, path),
        BtfComposite composite => AddComposite(composite, id, path, depth),
        _ => null,
    };

    private static string Integer(BtfInt number) => number.Size switch
    {
        1 when (number.Encoding & BtfIntEncoding.Bool) != 0 => "bool",
        1 when number.Name == "char" => "char",
        1 or 2 or 4 or 8 or 16 => (number.IsSigned ? "s" : "u") + (number.Size * 8).ToString(CultureInfo.InvariantCulture),
        _ => Bytes(number.Size),
    };

    private static string Bytes(int size) => string.Create(CultureInfo.InvariantCulture, $"[{size}]u8");

    private string? AddEnum(BtfEnum @enum, int id, string path)
    {
        if (_keys.TryGetValue(id, out string? known))
            return known;
        if (@enum.Size is not (1 or 2 or 4 or 8))
            return _keys[id] = Bytes(@enum.Size);
        var members = new List<MemberShape>();
        foreach (BtfEnumerator value in @enum.Values)
        {
            Spend();
            members.Add(new MemberShape(value.Name, value.Value, 0, null, ""));
        }
        return Add(id, "enum", @enum.Name, path, new TypeShape("enum:", @enum.Size, @enum.IsSigned, false, members));
    }

    private string? AddComposite(BtfComposite composite, int id, string path, int depth)
    {
        if (_keys.TryGetValue(id, out string? known))
            return known ?? throw Error($"{Title(composite)} contains itself");
        _keys[id] = null;
        string name = composite.Name.Length > 0 ? composite.Name : path;
        var members = new List<MemberShape>();
        AddMembers(members, composite, composite.Size * 8L, 0, name, depth + 1);
        return Add(id, composite.Kind == BtfKind.Union ? "union" : "struct", composite.Name, path, new TypeShape("", composite.Size, false, false, members));
    }

    private void AddMembers(List<MemberShape> members, BtfComposite composite, long bits, long start, string path, int depth)
    {
        if (depth > MaxDepth)
            throw Error($"more than {MaxDepth} types stand inside each other at {Title(composite)}");
        foreach (BtfMember member in composite.Members)
        {
            Spend();
            long offset = start + member.BitOffset;
            int target = types.SkipModifiers(member.TypeId);
            BtfType type = types[target];
            if (member.Name.Length == 0)
            {
                // Unnamed bit fields are padding; an unnamed struct or union lends its members.
                if (type is BtfComposite inner)
                    AddMembers(members, inner, bits, offset, path, depth + 1);
                continue;
            }
            int width = member.BitSize;
            if (width == 0 && type is BtfInt number && (number.Bits != number.Size * 8 || number.BitOffset != 0))
            {
                // The form that compilers wrote before Linux 4.20: a type of its own for a bit field.
                width = number.Bits;
                offset += number.BitOffset;
            }
            TypeReference? reference = Refer(member.TypeId, path + "." + member.Name, depth);
            if (reference is null)
                continue;
            long size = width != 0 ? width : types.SizeOf(member.TypeId) * 8;
            if (width is < 0 or > 64 || (width == 0 && offset % 8 != 0) || offset + size > bits)
                throw Error($"member '{member.Name}' does not lie inside {Title(composite)}");
            members.Add(new MemberShape(member.Name, offset, width, reference, Declaration(member, width)));
        }
    }

    private string Declaration(BtfMember member, int width) =>
        _formatter.Declare(member.TypeId, member.Name) + (width == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" : {width}"));

    private string Add(int id, string kind, string name, string path, TypeShape shape)
    {
        // Brackets are arrays' in a reference, and in no name of C.
        string own = (name.Length > 0 ? name : path.Length > 0 ? path : "anonymous").Replace('[', '_').Replace(']', '_');
        string first = $"{kind}:{own}";
        string key = first;
        for (int other = 2; _places.TryGetValue(key, out int place); other++)
        {
            // The same type, written twice: objects linked from several sources have such.
            if (Same(shapes[place], shape))
                return _keys[id] = key;
            key = string.Create(CultureInfo.InvariantCulture, $"{first}~{other}");
        }
        _places.Add(key, shapes.Count);
        shapes.Add(shape with { Key = key });
        return _keys[id] = key;
    }

    private static bool Same(TypeShape a, TypeShape b) => a.Size == b.Size && a.IsSigned == b.IsSigned && a.Members.SequenceEqual(b.Members);

    private void Spend()
    {
        if (++_members > MaxMembers)
            throw Error($"its types have more than {MaxMembers} members");
    }

    private static string Title(BtfComposite composite) =>
        $"{(composite.Kind == BtfKind.Union ? "union" : "struct")} '{(composite.Name.Length > 0 ? composite.Name : "without a name")}'";

    private ObjectException Error(string reason) => new(types.Source, "BTF", reason + ": the types are hostile or damaged");
}
