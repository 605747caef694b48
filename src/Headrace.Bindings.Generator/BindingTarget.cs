using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Headrace.Bindings;

/// <summary>A class with <c>[BpfObject]</c>, as values: what the generator's steps compare to see whether they must run again.</summary>
/// <param name="Namespace">Its namespace; empty for the global one.</param>
/// <param name="Containers">Headers of the types around it, outermost first, such as <c>partial class Outer</c>; one a line.</param>
/// <param name="Name">Its name.</param>
/// <param name="Object">What the attribute names.</param>
/// <param name="Types">Types it asks for; one a line.</param>
/// <param name="Obstacle">Why it cannot take bindings; null when it can.</param>
/// <param name="File">Where the attribute stands.</param>
/// <param name="Span">Where the attribute stands.</param>
/// <param name="Lines">Where the attribute stands.</param>
internal sealed record BindingTarget(
    string Namespace, string Containers, string Name, string Object, string Types, string? Obstacle, string File, TextSpan Span, LinePositionSpan Lines)
{
    /// <summary>For diagnostics.</summary>
    public Location Location => Location.Create(File, Span, Lines);

    /// <summary>Name of the file that is generated.</summary>
    public string HintName
    {
        get
        {
            string containers = string.Concat(Containers.Split(['\n'], StringSplitOptions.RemoveEmptyEntries).Select(header => header.Substring(header.LastIndexOf(' ') + 1) + "."));
            string name = $"{(Namespace.Length > 0 ? Namespace + "." : "")}{containers}{Name}".Replace("@", "");
            // Names of files do not tell upper and lower case apart, names of classes do.
            uint hash = 2166136261;
            foreach (char letter in name)
                hash = (hash ^ letter) * 16777619;
            return $"{name}.{hash.ToString("x8", CultureInfo.InvariantCulture)}.bpf.g.cs";
        }
    }

    public static BindingTarget From(GeneratorAttributeSyntaxContext context)
    {
        var symbol = (INamedTypeSymbol)context.TargetSymbol;
        AttributeData attribute = context.Attributes[0];
        string name = attribute.ConstructorArguments.FirstOrDefault().Value as string ?? "";
        TypedConstant types = attribute.NamedArguments.FirstOrDefault(argument => argument.Key == "Types").Value;
        string asked = types.Kind == TypedConstantKind.Array && !types.IsNull
            ? string.Join("\n", types.Values.Select(value => value.Value as string ?? ""))
            : "";
        string containers = "";
        for (INamedTypeSymbol? outer = symbol.ContainingType; outer is not null; outer = outer.ContainingType)
            containers = $"partial {Keyword(outer)} {Identifiers.Escape(outer.Name)}\n{containers}";
        SyntaxReference? syntax = attribute.ApplicationSyntaxReference;
        TextSpan span = syntax?.Span ?? default;
        LinePositionSpan lines = syntax?.SyntaxTree.GetLineSpan(span).Span ?? default;
        return new BindingTarget(symbol.ContainingNamespace.IsGlobalNamespace ? "" : symbol.ContainingNamespace.ToDisplayString(), containers, symbol.Name, name, asked,
            ObstacleOf(symbol, context.TargetNode, attribute), syntax?.SyntaxTree.FilePath ?? "", span, lines);
    }

    private static string? ObstacleOf(INamedTypeSymbol symbol, SyntaxNode node, AttributeData attribute)
    {
        AttributeData first = symbol.GetAttributes().First(other => SymbolEqualityComparer.Default.Equals(other.AttributeClass, attribute.AttributeClass));
        if (first.ApplicationSyntaxReference is { } place && !(place.SyntaxTree == node.SyntaxTree && node.Span.Contains(place.Span)))
            return "has the attribute twice";
        if (symbol.IsRecord)
            return "is a record";
        if (symbol.IsStatic)
            return "is static";
        if (symbol.IsSealed)
            return "is sealed";
        if (symbol.TypeParameters.Length > 0)
            return "is generic";
        foreach (TypeDeclarationSyntax declaration in node.AncestorsAndSelf().OfType<TypeDeclarationSyntax>())
        {
            if (!declaration.Modifiers.Any(modifier => modifier.Text == "partial"))
                return declaration == node ? "is not partial" : $"stands in '{declaration.Identifier.Text}', which is not partial";
            if (declaration != node && declaration.TypeParameterList is not null)
                return $"stands in '{declaration.Identifier.Text}', which is generic";
        }
        return null;
    }

    private static string Keyword(INamedTypeSymbol type) => (type.IsRecord, type.TypeKind) switch
    {
        (true, TypeKind.Struct) => "record struct",
        (true, _) => "record",
        (_, TypeKind.Struct) => "struct",
        (_, TypeKind.Interface) => "interface",
        _ => "class",
    };
}
