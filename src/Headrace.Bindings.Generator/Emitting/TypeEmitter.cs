using System.Globalization;
using Headrace.Bindings.Shapes;
using Microsoft.CodeAnalysis;

namespace Headrace.Bindings.Emitting;

/// <summary>Writes structs, unions, enums and arrays with the layout that C gave them: every offset and size is said, none is left to the runtime.</summary>
internal sealed class TypeEmitter(CodeWriter code, TypeTable types, Action<DiagnosticDescriptor, object[]> report)
{
    private const string Layout = "global::Headrace.Bindings.BoundLayout";

    /// <summary>Writes all that the table was asked for.</summary>
    public void Emit()
    {
        // Names are given while the list is walked: a member may bring in more.
        for (int i = 0; i < types.Types.Count; i++)
        {
            TypeShape shape = types.Types[i];
            string name = types.Name(new TypeReference(shape.Key));
            code.Line();
            if (shape.IsEnum)
                EmitEnum(shape, name);
            else
                EmitComposite(shape, name);
        }
        foreach (TypeReference array in types.Arrays)
            EmitArray(array);
    }

    private void EmitEnum(TypeShape shape, string name)
    {
        string underlying = TypeTable.PlainName((shape.IsSigned ? "s" : "u") + (shape.Size * 8).ToString(CultureInfo.InvariantCulture));
        code.Summary(CodeWriter.Code($"enum {shape.Name}"));
        code.Open($"public enum {name} : {underlying}");
        var scope = new NameScope(report);
        foreach (MemberShape constant in shape.Members)
        {
            string own = scope.Claim(constant.Name, $"constant '{constant.Name}' of {shape.Title}");
            code.Summary(CodeWriter.Code(constant.Name));
            code.Line($"{own} = unchecked(({underlying})({constant.BitOffset.ToString(CultureInfo.InvariantCulture)}L)),");
        }
        code.Close();
    }

    private void EmitComposite(TypeShape shape, string name)
    {
        types.Check(shape);
        code.Summary($"{CodeWriter.Code($"{shape.Kind} {shape.Name}")}: {Number(shape.Size)} bytes.");
        code.Line($"[global::System.Runtime.InteropServices.StructLayout(global::System.Runtime.InteropServices.LayoutKind.Explicit, Pack = 1, Size = {Number(shape.Size)})]");
        code.Open($"public struct {name} : global::System.IEquatable<{name}>");
        var scope = new NameScope(report, name);
        var bits = new SortedSet<long>();
        foreach (MemberShape member in shape.Members)
        {
            if (member.Type is not { } type)
                throw new ShapeException($"member '{member.Name}' of {shape.Title} has no type");
            string own = scope.Claim(member.Name, $"field '{member.Name}' of {shape.Title}");
            code.Summary(CodeWriter.Code(member.Declaration));
            if (member.BitSize == 0)
            {
                code.Line($"[global::System.Runtime.InteropServices.FieldOffset({Number(member.BitOffset / 8)})] public {types.Name(type)} {own};");
                continue;
            }
            code.Line(BitField(type, own, member));
            for (long at = member.BitOffset / 8; at <= (member.BitOffset + member.BitSize - 1) / 8; at++)
                bits.Add(at);
        }
        // What bit fields stand on is a field too, so that copies of the struct keep it.
        foreach (long at in bits)
            code.Line($"[global::System.Runtime.InteropServices.FieldOffset({Number(at)})] private byte _bits{Number(at)};");
        Equality(name);
        code.Close();
    }

    private string BitField(TypeReference type, string name, MemberShape member)
    {
        if (type.IsArray || (type.IsNamed && !types[type.Text].IsEnum))
            throw new ShapeException($"bit field '{member.Name}' is no number");
        bool signed = type.IsNamed ? types[type.Text].IsSigned : type.Text[0] == 's';
        string place = $"{Number(member.BitOffset)}, {Number(member.BitSize)}";
        string own = types.Name(type);
        string read = $"{Layout}.{(signed ? "GetSignedBits" : "GetBits")}(in this, {place})";
        string get = type.Text == "bool" ? $"{read} != 0" : $"unchecked(({own}){read})";
        string value = type.Text == "bool" ? "value ? 1UL : 0UL" : signed ? "unchecked((ulong)(long)value)" : "unchecked((ulong)value)";
        return $"public {own} {name} {{ readonly get => {get}; set => {Layout}.SetBits(ref this, {place}, {value}); }}";
    }

    private void EmitArray(TypeReference array)
    {
        string name = types.Name(array), element = types.Name(array.Element);
        bool isText = array.Element.Text == "char";
        code.Line();
        code.Summary($"{Number(array.Count)} elements of <c>{element}</c>, as an array inside of another type.");
        code.Line($"[global::System.Runtime.CompilerServices.InlineArray({Number(array.Count)})]");
        code.Open($"public struct {name} : global::System.IEquatable<{name}>");
        code.Line($"private {element} _element;");
        if (isText)
        {
            code.Line();
            code.Summary("Text of UTF-8 with a zero behind it.");
            code.Line($"/// <exception cref=\"global::System.ArgumentException\">It needs more than {Number(array.Count - 1)} bytes.</exception>");
            code.Open($"public static implicit operator {name}(string text)");
            code.Line($"{name} value = default;");
            code.Line($"{Layout}.SetText(ref value, text);");
            code.Line("return value;");
            code.Close();
            code.Line();
            code.Summary("The text up to the first zero.");
            code.Line($"public override readonly string ToString() => {Layout}.TextOf(in this);");
        }
        Equality(name);
        code.Close();
    }

    private void Equality(string name)
    {
        code.Line();
        code.Line("/// <inheritdoc/>");
        code.Line($"public readonly bool Equals({name} other) => {Layout}.AreEqual(in this, in other);");
        code.Line();
        code.Line("/// <inheritdoc/>");
        code.Line($"public override readonly bool Equals(object? obj) => obj is {name} other && Equals(other);");
        code.Line();
        code.Line("/// <inheritdoc/>");
        code.Line($"public override readonly int GetHashCode() => {Layout}.HashOf(in this);");
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
