using System.Globalization;
using System.Text;

namespace Headrace.Objects;

/// <summary>Writes BTF types as C declarations and definitions.</summary>
/// <param name="types">Where the ids belong.</param>
public sealed class BtfFormatter(Btf types)
{
    private const int MaxDefinition = 1 << 20;
    private const int MaxDeclaration = 1 << 12;

    /// <summary>Set for a header that a compiler shall read: unique names, every layout exact, no body left out.</summary>
    internal BtfHeaderNames? Header { get; init; }

    /// <summary>A type as it stands in front of a name: <c>struct flow *</c>.</summary>
    /// <exception cref="ObjectException">The types loop.</exception>
    public string Name(int id) => Declare(id, "");

    /// <summary>The declaration of a name: <c>const struct flow *(*table[4])(int)</c>.</summary>
    /// <exception cref="ObjectException">The types loop.</exception>
    public string Declare(int id, string name) => Declare(id, name, new BtfBudget(types, MaxDeclaration), -1);

    /// <summary>The definition of a type: a struct with its members, an enum with its constants, a function with its parameters; without the semicolon.</summary>
    /// <exception cref="ObjectException">The types loop.</exception>
    public string Define(int id)
    {
        var budget = new BtfBudget(types, MaxDefinition);
        switch (types[id])
        {
            case BtfComposite composite:
                return Body(id, composite, budget, 0);
            case BtfEnum @enum:
                return Body(id, @enum, budget, 0);
            case BtfModifier { Kind: BtfKind.Typedef } typedef:
                return "typedef " + Declare(typedef.TypeId, NameOf(id, typedef), budget, 0);
            case BtfFunction function:
                return Declare(function.TypeId, function.Name, budget, -1);
            case BtfVariable variable:
                return Prefix(variable.Linkage) + Declare(variable.TypeId, variable.Name, budget, 0);
            case BtfDataSection section:
                return Section(section, budget);
            case BtfDeclarationTag tag:
                return $"btf_decl_tag(\"{tag.Name}\")";
            default:
                return Declare(id, "", budget, 0);
        }
    }

    private static string Prefix(BtfLinkage linkage) => linkage switch
    {
        BtfLinkage.Static => "static ",
        BtfLinkage.Extern => "extern ",
        _ => "",
    };

    // Bodies of anonymous types are written out from a definition (indent 0 and up), and left as { ... } inside of a plain name (-1).
    private string Declare(int id, string declarator, BtfBudget budget, int indent)
    {
        budget.Enter();
        string qualifiers = "";
        for (int depth = 0; depth < Btf.MaxDepth; depth++)
        {
            budget.Spend(declarator.Length + 1);
            BtfType type = types[id];
            switch (type)
            {
                case BtfPointer:
                    declarator = "*" + qualifiers + declarator;
                    qualifiers = "";
                    break;
                case BtfArray array:
                    declarator = Grouped(declarator) + "[" + (array.Count == 0 && Header is null ? "" : array.Count.ToString(CultureInfo.InvariantCulture)) + "]";
                    break;
                case BtfPrototype prototype:
                    declarator = Grouped(declarator) + Parameters(prototype, budget);
                    break;
                case BtfModifier { Kind: BtfKind.Const or BtfKind.Volatile or BtfKind.Restrict } modifier:
                    qualifiers += modifier.Kind.ToString().ToLowerInvariant() + " ";
                    break;
                case BtfModifier { Kind: BtfKind.TypeTag }:
                    break;
                default:
                    budget.Leave();
                    return Join(qualifiers + Base(id, type, budget, indent), declarator);
            }
            id = type.Target;
        }
        throw types.Error($"more than {Btf.MaxDepth} types follow each other: the types loop or are hostile");
    }

    private static string Join(string type, string declarator) =>
        declarator.Length == 0 || declarator[0] == '[' ? type + declarator : type + " " + declarator;

    private static string Grouped(string declarator) => declarator.StartsWith('*') ? $"({declarator})" : declarator;

    private string Base(int id, BtfType type, BtfBudget budget, int indent)
    {
        budget.Spend(type.Name.Length + 1);
        return type switch
        {
            BtfVoid => "void",
            BtfComposite { Name: "" } composite => indent < 0 ? Keyword(composite.Kind) + " { ... }" : Body(id, composite, budget, indent),
            BtfEnum { Name: "" } @enum when Header is { } header && !header.MayWriteOut(id) => BtfHeaderNames.Integer(@enum),
            BtfEnum { Name: "" } @enum => indent < 0 ? "enum { ... }" : Body(id, @enum, budget, indent),
            BtfComposite or BtfEnum => Keyword(type.Kind) + " " + NameOf(id, type),
            BtfForward forward => (forward.IsUnion ? "union " : "struct ") + NameOf(id, type),
            _ => NameOf(id, type),
        };
    }

    private string NameOf(int id, BtfType type) => Header?.NameOf(id) ?? type.Name;

    private static string Keyword(BtfKind kind) => kind switch
    {
        BtfKind.Struct => "struct",
        BtfKind.Union => "union",
        _ => "enum",
    };

    private string Parameters(BtfPrototype prototype, BtfBudget budget)
    {
        if (prototype.Parameters.Length == 0)
            return "(void)";
        var parts = new List<string>();
        foreach (BtfParameter parameter in prototype.Parameters)
        {
            budget.Spend(parameter.Name.Length + 1);
            parts.Add(parameter is { TypeId: 0, Name: "" } ? "..." : Declare(parameter.TypeId, parameter.Name, budget, Header is null ? -1 : 0));
        }
        return "(" + string.Join(", ", parts) + ")";
    }

    private string Body(int id, BtfComposite composite, BtfBudget budget, int indent)
    {
        budget.Enter();
        var text = new StringBuilder(Keyword(composite.Kind));
        text.Append(composite.Name.Length > 0 ? " " + NameOf(id, composite) : "").Append(" {\n");
        BtfLayout? layout = Header is null ? null : new BtfLayout(types, id, composite);
        foreach (BtfMember member in composite.Members)
        {
            budget.Spend(member.Name.Length + indent + 1);
            Fill(text, layout?.PaddingBefore(member), budget, indent + 1);
            text.Append('\t', indent + 1).Append(Declare(member.TypeId, member.Name, budget, indent + 1));
            if (member.BitSize != 0)
                text.Append(CultureInfo.InvariantCulture, $" : {member.BitSize}");
            text.Append(";\n");
        }
        Fill(text, layout?.PaddingAtEnd(), budget, indent + 1);
        budget.Leave();
        return text.Append('\t', indent).Append('}').Append(layout?.Attribute).ToString();
    }

    private static void Fill(StringBuilder text, IEnumerable<string>? padding, BtfBudget budget, int indent)
    {
        foreach (string field in padding ?? [])
        {
            budget.Spend(1);
            text.Append('\t', indent).Append(field).Append(";\n");
        }
    }

    private string Body(int id, BtfEnum @enum, BtfBudget budget, int indent)
    {
        var text = new StringBuilder("enum");
        text.Append(@enum.Name.Length > 0 ? " " + NameOf(id, @enum) : "").Append(" {\n");
        foreach (BtfEnumerator value in @enum.Values)
        {
            budget.Spend(value.Name.Length + indent + 1);
            string number = @enum.IsSigned ? value.Value.ToString(CultureInfo.InvariantCulture) : ((ulong)value.Value).ToString(CultureInfo.InvariantCulture);
            string suffix = Header is null || @enum.Size <= 4 ? "" : @enum.IsSigned ? "LL" : "ULL";
            text.Append('\t', indent + 1).Append(Header?.Unique(value.Name) ?? value.Name).Append(" = ").Append(number).Append(suffix).Append(",\n");
        }
        return text.Append('\t', indent).Append('}').Append(Header is null ? "" : BtfLayout.ModeOf(@enum)).ToString();
    }

    private string Section(BtfDataSection section, BtfBudget budget)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"SEC(\"{section.Name}\") {{\n");
        foreach (BtfSectionVariable place in section.Variables)
        {
            BtfType type = types[place.TypeId];
            budget.Spend(type.Name.Length + 1);
            string declaration = Declare(type.Target, type.Name, budget, -1);
            text.Append(CultureInfo.InvariantCulture, $"\t{declaration}; /* byte {place.Offset}, {place.Size} bytes */\n");
        }
        return text.Append('}').ToString();
    }
}
