using System.Globalization;

namespace Headrace.Objects;

/// <summary>The names of one C header: types that BTF keeps apart by id get names of their own, and no enumerator is defined twice.</summary>
internal sealed class BtfHeaderNames(Btf types)
{
    private readonly Dictionary<int, string> _known = [];
    private readonly HashSet<string> _tags = new(StringComparer.Ordinal);
    private readonly HashSet<string> _identifiers = new(StringComparer.Ordinal);
    private readonly HashSet<int> _writtenOut = [];

    /// <summary>A type's name; a second type of the same name has <c>___2</c> behind it.</summary>
    public string NameOf(int id)
    {
        if (_known.TryGetValue(id, out string? name))
            return name;
        BtfType type = types[id];
        name = type switch
        {
            BtfForward forward => types.Find(type.Name, forward.IsUnion ? BtfKind.Union : BtfKind.Struct) is var defined and not 0
                ? NameOf(defined)
                : Unique(_tags, type.Name),
            BtfComposite or BtfEnum => Unique(_tags, type.Name),
            BtfModifier { Kind: BtfKind.Typedef } => Unique(_identifiers, type.Name),
            _ => type.Name,
        };
        _known.Add(id, name);
        return name;
    }

    /// <summary>A name that no typedef and no other enumerator has.</summary>
    public string Unique(string identifier) => Unique(_identifiers, identifier);

    /// <summary>True the first time for an enum without a name: written out again, its constants would be defined twice.</summary>
    public bool MayWriteOut(int id) => _writtenOut.Add(id);

    /// <summary>What stands for an enum that is written out elsewhere.</summary>
    public static string Integer(BtfEnum type) => (type.IsSigned ? "" : "unsigned ") + type.Size switch
    {
        1 => type.IsSigned ? "signed char" : "char",
        2 => "short",
        8 => "long long",
        _ => "int",
    };

    private static string Unique(HashSet<string> taken, string name)
    {
        string unique = name;
        for (int number = 2; !taken.Add(unique); number++)
            unique = string.Create(CultureInfo.InvariantCulture, $"{name}___{number}");
        return unique;
    }
}
