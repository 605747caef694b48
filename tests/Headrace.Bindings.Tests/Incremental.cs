using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Headrace.Bindings.Tests;

/// <summary>Asks the compiler whether the generator runs again after an edit.</summary>
internal static class Incremental
{
    /// <summary>Why the output of the second of two runs is what it is, after an edit elsewhere in the source, or of the description.</summary>
    public static string ReasonAfterEdit(bool editsDescription)
    {
        const string Source = "[Headrace.Bindings.BpfObject(\"made.bpf.o\")] public partial class Face;";
        var before = new Text(Described.Lines("program p Xdp"));
        Compilation compilation = CSharpCompilation.Create("x", [CSharpSyntaxTree.ParseText(Source, path: "a.cs")],
            Generated.References);
        GeneratorDriver driver = CSharpGeneratorDriver.Create([new BindingsGenerator().AsSourceGenerator()], [before],
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        driver = driver.RunGenerators(compilation, TestContext.Current.CancellationToken);
        if (editsDescription)
            driver = driver.ReplaceAdditionalText(before, new Text(Described.Lines("program q Xdp")));
        driver = driver.RunGenerators(compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Other;", path: "b.cs")), TestContext.Current.CancellationToken);
        return driver.GetRunResult().Results[0].TrackedOutputSteps.Single().Value.Single().Outputs.Single().Reason.ToString();
    }

    private sealed class Text(string text) : AdditionalText
    {
        public override string Path => "/obj/made.bpfobject";

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }
}
