using Microsoft.CodeAnalysis;

namespace Headrace.Bindings.Tests;

/// <summary>Names of C that are none of C#, that fall together, or that mean something else.</summary>
public class NameTests
{
    private const string Face = """
        using Headrace.Bindings;
        [BpfObject("made.bpf.o")]
        public partial class Face;
        """;

    [Theory]
    [InlineData("flows", "Flows")]
    [InlineData("h_proto", "HProto")]
    [InlineData("RULE_NONE", "RuleNone")]
    [InlineData("__be32", "Be32")]
    [InlineData("class", "Class")]
    [InlineData("a_1_2", "A1_2")]
    [InlineData("a_12", "A12")]
    [InlineData("2fast", "_2fast")]
    [InlineData("X", "X")]
    [InlineData("mixedCase_name", "MixedCaseName")]
    [InlineData("__", "__")]
    [InlineData("count.3", "Count3")]
    [InlineData("", "_")]
    public void A_name_becomes_one_of_csharp(string name, string expected) => Assert.Equal(expected, Identifiers.Pascal(name));

    [Fact]
    public void Any_text_becomes_a_valid_name()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++)
        {
            char[] letters = new char[random.Next(6)];
            for (int j = 0; j < letters.Length; j++)
                letters[j] = (char)(random.Next(2) == 0 ? random.Next(128) : random.Next(char.MaxValue + 1));
            string name = Identifiers.Pascal(new string(letters));
            Assert.True(Microsoft.CodeAnalysis.CSharp.SyntaxFacts.IsValidIdentifier(name), $"seed {seed}: '{name}'");
        }
    }

    [Fact]
    public void Keywords_and_reserved_names_compile()
    {
        string words = string.Join('\n', ((string[])["class", "event", "namespace", "int", "equals", "get_type", "to_string", "finalize", "value", "element"])
            .Select((word, index) => $"  {word} {index * 32} 0 u32 | int {word}"));
        Generated generated = Generated.From(Face, [Described.Lines($"""
            program class Xdp
            program user_space_programs Xdp
            map event Hash 40 4 struct:event u32
            map maps Array 4 4 u32 u32
            map equals Array 4 4 u32 u32
            variable string .bss writable 0 4 u32 | int string
            variable bound_variables .bss writable 4 4 enum:namespace | enum namespace bound_variables
            type struct:event 40 unsigned used
            {words}
            type enum:namespace 4 unsigned used
              event 0
              equals 1
              value__ 2
            """)]);
        Assert.Empty(generated.Compiled);
        Assert.All(generated.Reported, diagnostic => Assert.Equal("HR0008", diagnostic.Id));
        Assert.Contains("map 'equals' is called 'Equals_' in C#", generated.Messages);
        Type face = generated.Load().GetType("Face")!;
        Assert.NotNull(face.GetNestedType("Event")!.GetField("Namespace"));
        Assert.NotNull(face.GetNestedType("Event")!.GetField("Event_"));
    }

    [Fact]
    public void Names_that_fall_together_are_told_and_still_compile()
    {
        Generated generated = Generated.From(Face, [Described.Lines("""
            program go_now Xdp
            program GoNow Xdp
            map rate_limit Hash 4 8 u32 struct:rate_limit
            map RateLimit Hash 4 8 u32 struct:RateLimit
            variable a__b .bss writable 0 4 u32 | int a__b
            variable a_b .bss writable 4 4 u32 | int a_b
            type struct:rate_limit 8 unsigned used
              x_y 0 0 u32 | int x_y
              xY 32 0 u32 | int xY
            type struct:RateLimit 8 unsigned used
            type struct:face 8 unsigned used
            type struct:system 8 unsigned used
            type struct:collection 8 unsigned used
            type struct:programs 8 unsigned used
            type struct:span 8 unsigned used
            type struct:headrace 8 unsigned used
            type struct:spec 8 unsigned used
            """)]);
        Assert.Empty(generated.Compiled);
        Diagnostic[] collisions = [.. generated.Reported.Where(diagnostic => diagnostic.Id == "HR0007")];
        Assert.All(collisions, diagnostic => Assert.Equal(DiagnosticSeverity.Warning, diagnostic.Severity));
        Assert.Equal(5, collisions.Length);
        Assert.Contains("map 'RateLimit' is called 'RateLimit_2' in C#, because 'RateLimit' is taken by map 'rate_limit'", generated.Messages);
        Type face = generated.Load().GetType("Face")!;
        Assert.Equal(["RateLimit", "RateLimit_2"], face.GetNestedType("BoundMaps")!.GetProperties().Select(property => property.Name).Order());
        Assert.NotNull(face.GetNestedType("Face_"));
        Assert.NotNull(face.GetNestedType("Spec_"));
    }

    [Theory]
    [InlineData("public class Face;", "is not partial")]
    [InlineData("public static partial class Face;", "is static")]
    [InlineData("public sealed partial class Face;", "is sealed")]
    [InlineData("public partial class Face<T>;", "is generic")]
    [InlineData("public partial record Face;", "is a record")]
    [InlineData("class Outer { [BpfObject(\"made.bpf.o\")] public partial class Face; }", "stands in 'Outer', which is not partial")]
    public void A_class_that_cannot_take_bindings_is_told_why(string declaration, string reason)
    {
        string attribute = declaration.Contains('[') ? "" : "[BpfObject(\"made.bpf.o\")] ";
        Generated generated = Generated.From($"using Headrace.Bindings;\n{attribute}{declaration}", [Described.Lines("")]);
        Diagnostic diagnostic = Assert.Single(generated.Reported);
        Assert.Equal("HR0004", diagnostic.Id);
        Assert.Contains($"'Face' {reason}", diagnostic.GetMessage());
        Assert.Equal(1, diagnostic.Location.GetLineSpan().StartLinePosition.Line);
    }

    [Fact]
    public void Classes_that_differ_in_case_alone_are_two()
    {
        Generated generated = Generated.From("""
            using Headrace.Bindings;
            [BpfObject("made.bpf.o")] public partial class Face;
            [BpfObject("made.bpf.o")] public partial class FACE;
            """, [Described.Lines("program p Xdp")]);
        Assert.Empty(generated.Reported);
        Assert.Empty(generated.Compiled);
    }

    [Fact]
    public void The_attribute_on_both_parts_of_a_class_is_told()
    {
        Generated generated = Generated.From("""
            using Headrace.Bindings;
            [BpfObject("made.bpf.o")] public partial class Face;
            [BpfObject("made.bpf.o")] public partial class Face;
            """, [Described.Lines("program p Xdp")]);
        Assert.Contains("'Face' has the attribute twice", Assert.Single(generated.Reported).GetMessage());
    }

    [Fact]
    public void A_class_may_stand_in_a_namespace_and_other_types()
    {
        Generated generated = Generated.From("""
            using Headrace.Bindings;
            namespace @event.Deep;
            public partial struct Outer { internal partial record @class { [BpfObject("made.bpf.o")] public partial class @int; } }
            """, [Described.Lines("program p Xdp")]);
        Assert.Empty(generated.Reported);
        Assert.Empty(generated.Compiled);
        Assert.NotNull(generated.Load().GetType("event.Deep.Outer+class+int")!.GetMethod("Open", []));
    }
}
