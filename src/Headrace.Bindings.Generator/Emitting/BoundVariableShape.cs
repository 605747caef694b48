using System.Globalization;
using Headrace.Bindings.Shapes;
using Microsoft.CodeAnalysis;

namespace Headrace.Bindings.Emitting;

/// <summary>A global variable with its name and type in C#. Arrays are seen in place, element by element; all else is read and set whole.</summary>
/// <param name="Shape">The variable.</param>
/// <param name="Name">Its property.</param>
/// <param name="Element">The property's type, or the element's type of an array.</param>
/// <param name="Count">Elements of an array; 0 when it is none.</param>
internal sealed record BoundVariableShape(VariableShape Shape, string Name, string Element, long Count)
{
    private const string Array = "global::Headrace.Bindings.BoundArray";

    /// <summary>Its doc comment.</summary>
    public string Title => $"{CodeWriter.Code(Shape.Declaration)}, in {CodeWriter.Code(Shape.Section)}.";

    public static BoundVariableShape Of(VariableShape variable, string name, TypeTable types, Action<DiagnosticDescriptor, object[]> report)
    {
        if (variable.Size is <= 0 or > int.MaxValue || variable.Offset is < 0 or > int.MaxValue)
            throw new ShapeException($"variable '{variable.Name}' has {variable.Size} bytes at {variable.Offset}");
        if (variable.Type is { } type && types.SizeOf(type) == variable.Size)
        {
            return type.IsArray && type.Element.Text != "char"
                ? new(variable, name, types.Name(type.Element), type.Count)
                : new(variable, name, types.Name(type), 0);
        }
        report(Diagnostics.Untyped, [$"variable '{variable.Name}'", "its type is not known, or has more than 64 KiB"]);
        return variable.Size is 1 or 2 or 4 or 8
            ? new(variable, name, types.Name(BoundMapShape.Bytes(variable.Size)), 0)
            : new(variable, name, "byte", variable.Size);
    }

    /// <summary>The property of the spec.</summary>
    public string SpecProperty(string collection)
    {
        string variable = $"{collection}.Variables[{CodeWriter.Literal(Shape.Name)}]";
        return Count > 0
            ? $"public global::System.Span<{Element}> {Name} => global::System.Runtime.InteropServices.MemoryMarshal.Cast<byte, {Element}>({variable}.Bytes);"
            : $"public {Element} {Name} {{ get => {variable}.Get<{Element}>(); set => {variable}.Set(value); }}";
    }

    /// <summary>The property of what is loaded.</summary>
    public string BoundProperty(string section)
    {
        string offset = Number(Shape.Offset);
        if (Count > 0)
            return $"public {Array}<{Element}> {Name} {{ get; }}";
        string get = $"{section}.Get<{Element}>({offset})";
        return Shape.IsConstant
            ? $"public {Element} {Name} => {get};"
            : $"public {Element} {Name} {{ get => {get}; set => {section}.Set({offset}, value); }}";
    }

    /// <summary>What makes an array's property; null when it is none.</summary>
    public string? ArrayInitializer(string section) =>
        Count > 0 ? $"{Name} = new {Array}<{Element}>({section}, {Number(Shape.Offset)}, {Number(Count)});" : null;

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
