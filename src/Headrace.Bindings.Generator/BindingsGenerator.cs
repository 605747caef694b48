using System.Collections.Immutable;
using System.Text;
using Headrace.Bindings.Emitting;
using Headrace.Bindings.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Headrace.Bindings;

/// <summary>Writes the C# of classes with <c>[BpfObject]</c>, from the descriptions that the build's tool has made of the objects.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class BindingsGenerator : IIncrementalGenerator
{
    private const string Attribute = "Headrace.Bindings.BpfObjectAttribute";
    private const string Extension = ".bpfobject";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<ImmutableArray<string>> descriptions = context.AdditionalTextsProvider
            .Where(file => file.Path.EndsWith(Extension, StringComparison.Ordinal))
            .Select((file, cancellation) => file.GetText(cancellation)?.ToString() ?? "")
            .Collect();
        IncrementalValuesProvider<BindingTarget> targets = context.SyntaxProvider.ForAttributeWithMetadataName(Attribute,
            (node, _) => node is ClassDeclarationSyntax or RecordDeclarationSyntax, (found, _) => BindingTarget.From(found));
        IncrementalValuesProvider<(BindingTarget Target, Matches Found)> pairs = targets.Combine(descriptions)
            .Select((pair, _) => (pair.Left, Find(pair.Left.Object, pair.Right)));
        context.RegisterSourceOutput(pairs, (output, pair) => Generate(output, pair.Target, pair.Found));
    }

    /// <summary>The descriptions of objects whose path ends as the attribute says, and the paths of all others for hints; as text that steps can compare.</summary>
    private static Matches Find(string name, ImmutableArray<string> descriptions)
    {
        string wanted = name.Replace('\\', '/');
        while (wanted.StartsWith("./", StringComparison.Ordinal) || wanted.StartsWith("../", StringComparison.Ordinal))
            wanted = wanted.Substring(wanted.IndexOf('/') + 1);
        string? found = null;
        var paths = new List<string>();
        foreach (string description in descriptions)
        {
            string path = PathOf(description);
            if (wanted.Length == 0 || !(path == wanted || path.EndsWith("/" + wanted, StringComparison.Ordinal)))
                continue;
            found ??= description;
            paths.Add(path);
        }
        string known = string.Join(", ", descriptions.Select(description => PathOf(description)).Select(path => $"'{path.Substring(path.LastIndexOf('/') + 1)}'").Take(8));
        return new Matches(found, string.Join(", ", paths.Select(path => $"'{path}'")), paths.Count, known);
    }

    private static string PathOf(string description)
    {
        const string Line = "\npath ";
        int start = description.IndexOf(Line, StringComparison.Ordinal);
        if (start < 0)
            return "";
        start += Line.Length;
        int end = description.IndexOf('\n', start);
        try
        {
            return ShapeText.Unescape(end < 0 ? description.Substring(start) : description.Substring(start, end - start));
        }
        catch (FormatException)
        {
            return "";
        }
    }

    private static void Generate(SourceProductionContext output, BindingTarget target, Matches found)
    {
        void Report(DiagnosticDescriptor descriptor, params object[] arguments) => output.ReportDiagnostic(Diagnostic.Create(descriptor, target.Location, arguments));

        if (target.Obstacle is { } obstacle)
        {
            Report(Diagnostics.BadClass, target.Name, obstacle);
            return;
        }
        if (found.Description is not { } text)
        {
            Report(Diagnostics.NoObject, target.Object, found.Known.Length == 0 ? "" : $" (it has {found.Known})");
            return;
        }
        if (found.Count > 1)
        {
            Report(Diagnostics.SeveralObjects, target.Object, found.Paths);
            return;
        }
        ObjectShape shape;
        try
        {
            shape = ShapeText.Read(text);
        }
        catch (FormatException error)
        {
            Report(Diagnostics.BadDescription, target.Object, error.Message);
            return;
        }
        if (shape.Error is { } reason)
        {
            Report(Diagnostics.BadObject, reason);
            return;
        }
        foreach (ShapeChange change in shape.Changes)
            Report(Diagnostics.Change(change.Id), target.Object, change.Message);
        string source;
        try
        {
            source = new ClassEmitter(target, shape, Report).Emit();
        }
        catch (ShapeException error)
        {
            Report(Diagnostics.BadDescription, target.Object, error.Message);
            return;
        }
        output.AddSource(target.HintName, SourceText.From(source, Encoding.UTF8));
    }

    private sealed record Matches(string? Description, string Paths, int Count, string Known);
}
