using System.Text.Json;
using Headrace.Objects;

namespace Headrace.Cli.Nouns.Types;

/// <summary>A type as it stands in BTF: what the record says and no more.</summary>
/// <param name="Types">Where the id belongs.</param>
/// <param name="Id">Its number.</param>
internal sealed record BtfTypeRecord(Btf Types, int Id) : IRecord
{
    private const string Anonymous = "(anon)";

    private BtfType Type => Types[Id];

    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("id", Id);
        json.WriteString("kind", KindWord);
        json.WriteString("name", NameOf(Type.Name));
        foreach ((string key, object value) in Fields())
            Write(json, key, value);
        if (Parts() is var (name, parts))
        {
            json.WriteStartArray(name);
            foreach (IReadOnlyList<(string Key, object Value)> part in parts)
            {
                json.WriteStartObject();
                foreach ((string key, object value) in part)
                    Write(json, key, value);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    public void WriteText(TextWriter output)
    {
        output.Write($"[{Id}] {KindWord} '{NameOf(Type.Name)}'");
        bool isVariable = Type is BtfVariable;
        foreach ((string key, object value) in Fields())
            output.Write($"{(isVariable && key == "linkage" ? "," : "")} {key}={value}");
        output.WriteLine();
        if (Parts() is not var (_, parts))
            return;
        string suffix = Type is BtfEnum { Kind: BtfKind.Enum64 } wide ? wide.IsSigned ? "LL" : "ULL" : "";
        foreach (IReadOnlyList<(string Key, object Value)> part in parts)
        {
            string line = string.Join(' ', part.Select(field => field.Key == "name" ? $"'{field.Value}'" : $"{field.Key}={field.Value}"));
            string variable = Type is BtfDataSection ? $" ({KindWordOf(Types[(int)part[0].Value].Kind)} '{Types[(int)part[0].Value].Name}')" : "";
            output.WriteLine($"\t{line}{suffix}{variable}");
        }
    }

    private string KindWord => KindWordOf(Type.Kind);

    private static string KindWordOf(BtfKind kind) => kind switch
    {
        BtfKind.Void => "UNKNOWN",
        BtfKind.Pointer => "PTR",
        BtfKind.Forward => "FWD",
        BtfKind.Function => "FUNC",
        BtfKind.Prototype => "FUNC_PROTO",
        BtfKind.Variable => "VAR",
        BtfKind.DataSection => "DATASEC",
        BtfKind.DeclarationTag => "DECL_TAG",
        BtfKind.TypeTag => "TYPE_TAG",
        _ => kind.ToString().ToUpperInvariant(),
    };

    private static string NameOf(string name) => name.Length > 0 ? name : Anonymous;

    private IEnumerable<(string Key, object Value)> Fields() => Type switch
    {
        BtfInt number => [("size", number.Size), ("bits_offset", number.BitOffset), ("nr_bits", number.Bits), ("encoding", EncodingWord(number.Encoding))],
        BtfArray array => [("type_id", array.ElementTypeId), ("index_type_id", array.IndexTypeId), ("nr_elems", (long)array.Count)],
        BtfComposite composite => [("size", composite.Size), ("vlen", composite.Members.Length)],
        BtfEnum @enum => [("encoding", @enum.IsSigned ? "SIGNED" : "UNSIGNED"), ("size", @enum.Size), ("vlen", @enum.Values.Length)],
        BtfForward forward => [("fwd_kind", forward.IsUnion ? "union" : "struct")],
        BtfFunction function => [("type_id", function.TypeId), ("linkage", LinkageWord(function.Linkage))],
        BtfPrototype prototype => [("ret_type_id", prototype.ReturnTypeId), ("vlen", prototype.Parameters.Length)],
        BtfVariable variable => [("type_id", variable.TypeId), ("linkage", LinkageWord(variable.Linkage))],
        BtfDataSection section => [("size", section.Size), ("vlen", section.Variables.Length)],
        BtfFloat number => [("size", number.Size)],
        BtfDeclarationTag tag => [("type_id", tag.TypeId), ("component_idx", tag.Component)],
        var type => [("type_id", type.Target)],
    };

    private (string Name, IEnumerable<IReadOnlyList<(string Key, object Value)>> Parts)? Parts() => Type switch
    {
        BtfComposite composite => ("members", composite.Members.Select(member => (IReadOnlyList<(string, object)>)
        [
            ("name", NameOf(member.Name)), ("type_id", member.TypeId), ("bits_offset", (long)member.BitOffset),
            .. member.BitSize != 0 ? [("bitfield_size", (object)member.BitSize)] : (IReadOnlyList<(string, object)>)[],
        ])),
        BtfEnum @enum => ("values", @enum.Values.Select(value => (IReadOnlyList<(string, object)>)
            [("name", NameOf(value.Name)), ("val", @enum.IsSigned ? value.Value : (ulong)value.Value)])),
        BtfPrototype prototype => ("params", prototype.Parameters.Select(parameter => (IReadOnlyList<(string, object)>)
            [("name", NameOf(parameter.Name)), ("type_id", parameter.TypeId)])),
        BtfDataSection section => ("vars", section.Variables.Select(variable => (IReadOnlyList<(string, object)>)
            [("type_id", variable.TypeId), ("offset", (long)variable.Offset), ("size", (long)variable.Size)])),
        _ => null,
    };

    private static void Write(Utf8JsonWriter json, string key, object value)
    {
        switch (value)
        {
            case string text:
                json.WriteString(key, text);
                break;
            case ulong number:
                json.WriteNumber(key, number);
                break;
            default:
                json.WriteNumber(key, Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
                break;
        }
    }

    private static string EncodingWord(BtfIntEncoding encoding) => encoding switch
    {
        BtfIntEncoding.None => "(none)",
        BtfIntEncoding.Signed => "SIGNED",
        BtfIntEncoding.Char => "CHAR",
        BtfIntEncoding.Bool => "BOOL",
        _ => "UNKN",
    };

    private static string LinkageWord(BtfLinkage linkage) => linkage switch
    {
        BtfLinkage.Static => "static",
        BtfLinkage.Global => "global",
        BtfLinkage.Extern => "extern",
        _ => "(unknown)",
    };
}
