using Headrace.Testing;
using Microsoft.CodeAnalysis;

namespace Headrace.Bindings.Tests;

/// <summary>Objects that are not there, are no objects, or lack what is asked for: diagnostics where the attribute stands.</summary>
public class ObjectTests
{
    [Fact]
    public void An_object_that_is_not_there_is_told_with_those_that_are()
    {
        Generated generated = Face("nope.bpf.o", Described.Lines(""));
        AssertOnly(generated, "HR0001", "the project has no object 'nope.bpf.o' (it has 'made.bpf.o')");
        Assert.Contains("<BpfCompile Include", generated.Messages);
    }

    [Fact]
    public void Without_any_object_the_items_are_named() => AssertOnly(Face("nope.bpf.o"), "HR0001", "the project has no object 'nope.bpf.o': put the file");

    [Fact]
    public void An_empty_name_finds_nothing() => AssertOnly(Face("", Described.Lines("")), "HR0001", "the project has no object ''");

    [Fact]
    public void A_file_that_is_missing_is_told() => AssertOnly(Face("gone.bpf.o", Described.File("/nowhere/gone.bpf.o")), "HR0002", "/nowhere/gone.bpf.o");

    [Fact]
    public void A_file_that_is_no_object_is_told()
    {
        string path = Path.Combine(Repository.Programs, "firewall.bpf.c");
        AssertOnly(Face("firewall.bpf.c", Described.File(path)), "HR0002", "firewall.bpf.c");
    }

    [Fact]
    public void Two_objects_of_a_name_are_told_apart_by_their_paths()
    {
        string a = Described.Lines("program a Xdp"), b = Described.Lines("program b Xdp").Replace("/project/", "/project/other/");
        AssertOnly(Face("made.bpf.o", a, b), "HR0003", "'made.bpf.o' may be '/project/made.bpf.o', '/project/other/made.bpf.o'");
        Assert.Contains("Program <c>b</c>", Face("other/made.bpf.o", a, b).Source);
        Assert.Contains("Program <c>b</c>", Face("../x/../other/made.bpf.o".Replace("x/../", ""), a, b).Source);
    }

    [Fact]
    public void A_type_that_is_not_there_is_told()
    {
        Generated generated = Generated.From("""
            using Headrace.Bindings;
            [BpfObject("made.bpf.o", Types = ["event", "struct event", "nope"])]
            public partial class Face;
            """, [Described.Lines("type struct:event 8 unsigned unused\n  id 0 0 u64 | __u64 id")]);
        AssertOnly(generated, "HR0006", "'made.bpf.o' has no struct, union or enum 'nope'");
        Assert.Contains("public struct Event", generated.Source);
    }

    [Fact]
    public void A_type_nobody_needs_is_left_out()
    {
        Generated generated = Face("made.bpf.o", Described.Lines("type struct:event 8 unsigned unused\n  id 0 0 u64 | __u64 id"));
        Assert.DoesNotContain("Event", generated.Source);
    }

    [Fact]
    public void Maps_without_types_are_given_in_bytes()
    {
        Generated generated = Face("made.bpf.o", Described.Lines("""
            map plain Hash 4 6 - -
            map huge Hash 4 1048576 u32 -
            map events RingBuffer 0 0 - -
            variable blob .bss writable 0 100 - | blob
            variable number .bss writable 104 8 - | number
            """));
        Assert.Empty(generated.Compiled);
        Assert.All(generated.Reported, diagnostic => Assert.Equal(("HR0009", DiagnosticSeverity.Info), (diagnostic.Id, diagnostic.Severity)));
        Type face = generated.Load().GetType("Face")!;
        Type maps = face.GetNestedType("BoundMaps")!;
        Type[] arguments = maps.GetProperty("Plain")!.PropertyType.GetGenericArguments();
        Assert.Equal((typeof(uint), 6), (arguments[0], Layouts.SizeOf(arguments[1])));
        Assert.Equal(typeof(BoundMap), maps.GetProperty("Huge")!.PropertyType);
        Assert.Equal(typeof(BoundMap), maps.GetProperty("Events")!.PropertyType);
        Type variables = face.GetNestedType("BoundVariables")!;
        Assert.Equal(typeof(BoundArray<byte>), variables.GetProperty("Blob")!.PropertyType);
        Assert.Equal(typeof(ulong), variables.GetProperty("Number")!.PropertyType);
    }

    [Fact]
    public void An_unchanged_description_is_not_generated_again()
    {
        Assert.Equal("Cached", Incremental.ReasonAfterEdit(editsDescription: false));
        Assert.Equal("Modified", Incremental.ReasonAfterEdit(editsDescription: true));
    }

    private static Generated Face(string name, params string[] descriptions) => Generated.From($"""
        using Headrace.Bindings;
        [BpfObject("{name}")]
        public partial class Face;
        """, descriptions);

    private static void AssertOnly(Generated generated, string id, string message)
    {
        Diagnostic diagnostic = Assert.Single(generated.Reported);
        Assert.Equal((id, DiagnosticSeverity.Error), (diagnostic.Id, diagnostic.Severity));
        Assert.Contains(message, diagnostic.GetMessage());
        Assert.Equal(("Consumer.cs", 1), (diagnostic.Location.GetLineSpan().Path, diagnostic.Location.GetLineSpan().StartLinePosition.Line));
        Assert.Empty(generated.Compiled);
    }
}
