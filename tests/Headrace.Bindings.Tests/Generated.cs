using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Headrace.Bindings.Tests;

/// <summary>What the generator makes of a source and some descriptions, in this process.</summary>
internal sealed class Generated
{
    /// <summary>The assemblies of this process.</summary>
    public static ImmutableArray<MetadataReference> References { get; } =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Headrace.Bindings.Tests", StringComparison.Ordinal))
            .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path)),
    ];

    private readonly Compilation _compilation;
    private readonly List<ResourceDescription> _resources;

    private Generated(Compilation compilation, ImmutableArray<Diagnostic> reported, List<ResourceDescription> resources)
    {
        _compilation = compilation;
        _resources = resources;
        Reported = reported;
    }

    /// <summary>What the generator reported.</summary>
    public ImmutableArray<Diagnostic> Reported { get; }

    /// <summary>What the compiler says of source and generated source, from warnings up.</summary>
    public ImmutableArray<Diagnostic> Compiled => [.. _compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)];

    /// <summary>All messages with their ids, for assertions.</summary>
    public string Messages => string.Join("\n", Reported.Concat(Compiled).Select(diagnostic => diagnostic.ToString()));

    /// <summary>The generated source.</summary>
    public string Source => string.Join("\n", _compilation.SyntaxTrees.Skip(1).Select(tree => tree.ToString()));

    /// <summary>Runs the generator.</summary>
    /// <param name="source">C# with the attribute.</param>
    /// <param name="descriptions">What the tool wrote of the objects.</param>
    /// <param name="objects">Objects to build in: resource name and bytes.</param>
    public static Generated From(string source, string[] descriptions, params (string Name, byte[] Bytes)[] objects)
    {
        CSharpParseOptions options = CSharpParseOptions.Default.WithDocumentationMode(DocumentationMode.Diagnose);
        SyntaxTree tree = CSharpSyntaxTree.ParseText(source, options, "Consumer.cs");
        var compilation = CSharpCompilation.Create("Consumer" + Guid.NewGuid().ToString("n"), [tree], References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable,
                specificDiagnosticOptions: [new("CS1591", ReportDiagnostic.Suppress)]));
        GeneratorDriver driver = CSharpGeneratorDriver.Create([new BindingsGenerator().AsSourceGenerator()],
            [.. descriptions.Select((text, index) => new Description($"/obj/{index}.bpfobject", text))], options);
        driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out Compilation result, out ImmutableArray<Diagnostic> reported);
        Assert.Null(driver.GetRunResult().Results[0].Exception);
        return new Generated(result, reported, [.. objects.Select(item => new ResourceDescription(item.Name, () => new MemoryStream(item.Bytes), isPublic: true))]);
    }

    /// <summary>Compiles and loads it; fails on any error.</summary>
    public Assembly Load()
    {
        Assert.Empty(Compiled.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        using var image = new MemoryStream();
        Microsoft.CodeAnalysis.Emit.EmitResult result = _compilation.Emit(image, manifestResources: _resources);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        image.Position = 0;
        return new AssemblyLoadContext(null, isCollectible: true).LoadFromStream(image);
    }

    private sealed class Description(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }
}
