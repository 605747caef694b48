using System.Globalization;
using System.Text;
using Headrace.Objects;

namespace Headrace.Cli.Nouns.Types;

/// <summary>The head of a function as bpftool writes it: <c>int firewall(struct xdp_md * ctx)</c>.</summary>
internal static class BtfPrototypeText
{
    private const int MaxDepth = 32;

    public static string Of(Btf types, int functionId)
    {
        if (types[functionId] is not BtfFunction function || types[function.TypeId] is not BtfPrototype prototype)
            return types[functionId].Name;
        return $"{Name(types, prototype.ReturnTypeId, 0)}{function.Name}({Parameters(types, prototype, 0)})";
    }

    private static string Parameters(Btf types, BtfPrototype prototype, int depth) => string.Join(", ",
        prototype.Parameters.Select(parameter => parameter is { TypeId: 0, Name: "" } ? "..." : Name(types, parameter.TypeId, depth) + parameter.Name));

    private static string Name(Btf types, int id, int depth)
    {
        if (depth > MaxDepth)
            throw new ObjectException(types.Source, "BTF", $"more than {MaxDepth} types follow each other at type {id}");
        BtfType type = types[id];
        return type switch
        {
            BtfVoid => "void ",
            BtfPointer => Name(types, type.Target, depth + 1) + "* ",
            BtfArray array => string.Create(CultureInfo.InvariantCulture, $"{Name(types, array.ElementTypeId, depth + 1)}[{array.Count}]"),
            BtfPrototype prototype => $"{Name(types, prototype.ReturnTypeId, depth + 1)}({Parameters(types, prototype, depth + 1)})",
            BtfComposite or BtfEnum => $"{Keyword(type.Kind)} {type.Name} ",
            BtfForward forward => $"{(forward.IsUnion ? "union" : "struct")} {type.Name} ",
            BtfModifier { Kind: BtfKind.Typedef } => type.Name + " ",
            BtfModifier { Kind: BtfKind.TypeTag } => Name(types, type.Target, depth + 1),
            BtfModifier => $"{type.Kind.ToString().ToLowerInvariant()} {Name(types, type.Target, depth + 1)}",
            _ => new StringBuilder(type.Name).Append(' ').ToString(),
        };
    }

    private static string Keyword(BtfKind kind) => kind switch
    {
        BtfKind.Struct => "struct",
        BtfKind.Union => "union",
        _ => "enum",
    };
}
