using System.Diagnostics;
using System.Text;
using Headrace.Bindings.Shapes;
using Headrace.Bindings.Tool;
using Headrace.Bytecode;
using Headrace.Objects;
using Headrace.Objects.Tests;
using Headrace.Testing;
using Microsoft.CodeAnalysis;

namespace Headrace.Bindings.Tests;

/// <summary>Damaged objects and descriptions: a diagnostic or code that compiles, never a crash of tool or compiler.</summary>
public class HostileTests
{
    private const string Face = """
        using Headrace.Bindings;
        [BpfObject("made.bpf.o")]
        public partial class Face;
        """;

    private static int Cases(int ordinary, int @long) => Environment.GetEnvironmentVariable("HEADRACE_LONG") == "1" ? @long : ordinary;

    [Fact]
    public void Damaged_objects_give_a_description_that_compiles()
    {
        byte[][] corpus = [.. Repository.ProgramObjects.Select(File.ReadAllBytes)];
        int seed = Seed(out string repeat);
        var random = new Random(seed);
        var mutator = new Mutator(random);
        int read = 0, compiled = 0, cases = Cases(2000, 40_000);
        for (int i = 0; i < cases; i++)
        {
            byte[] bytes = mutator.Mutate(corpus[random.Next(corpus.Length)]);
            string text;
            try
            {
                ObjectShape shape = ShapeReader.Read(CollectionSpec.Parse(bytes, "made.bpf.o"));
                shape.Path = "/project/made.bpf.o";
                text = ShapeText.WriteObject(shape);
                read++;
            }
            catch (HeadraceException)
            {
                continue;
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"case {i}, {repeat}", error);
            }
            Assert.True(text == ShapeText.WriteObject(ShapeText.Read(text)), $"case {i}, {repeat}: the text reads back as another");
            // Compiling takes most of the time: some of them.
            if (read % 20 != 0)
                continue;
            Generated generated = Generated.From(Face, [text]);
            Assert.True(generated.Compiled.IsEmpty, $"case {i}, {repeat}:\n{generated.Messages}");
            Assert.True(generated.Reported.All(diagnostic => diagnostic.Severity != DiagnosticSeverity.Error), $"case {i}, {repeat}:\n{generated.Messages}");
            compiled++;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{cases} objects, {read} read, {compiled} compiled; {repeat}");
        Assert.InRange(compiled, cases / 200, cases);
    }

    [Fact]
    public void Damaged_descriptions_never_stop_the_compiler()
    {
        byte[][] corpus = [.. Repository.ProgramObjects.Select(path => Encoding.UTF8.GetBytes(Described.File(path).Replace(path, "/project/made.bpf.o")))];
        int seed = Seed(out string repeat);
        var random = new Random(seed);
        int refused = 0, cases = Cases(400, 8000);
        for (int i = 0; i < cases; i++)
        {
            byte[] bytes = corpus[random.Next(corpus.Length)].ToArray();
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                int at = random.Next(bytes.Length);
                if (random.Next(3) == 0)
                    bytes[at] = (byte)random.Next(256);
                else
                    bytes.AsSpan(random.Next(bytes.Length - 64), 64).CopyTo(bytes.AsSpan(Math.Min(at, bytes.Length - 64)));
            }
            string text = Encoding.UTF8.GetString(bytes);
            // The generator must end and report, the code of a tampered description may be anything.
            Generated generated = Generated.From(Face, [text]);
            refused += generated.Reported.Any(diagnostic => diagnostic.Id == "HR0005") ? 1 : 0;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{cases} descriptions, {refused} refused; {repeat}");
        Assert.InRange(refused, cases / 10, cases - 1);
    }

    [Theory]
    [InlineData("type struct:a 8 unsigned used\n  x 0 0 struct:a | struct a x", "contains itself")]
    [InlineData("type struct:a 8 unsigned used\n  x 0 0 struct:b | y\ntype struct:b 8 unsigned used\n  x 0 0 struct:a | z", "contains itself")]
    [InlineData("type struct:a 8 unsigned used\n  x 0 0 struct:nope | y", "'struct:nope' is not there")]
    [InlineData("type struct:a 8 unsigned used\n  x 32 0 u64 | y", "does not lie inside")]
    [InlineData("type struct:a 8 unsigned used\n  x 4 0 u8 | y", "does not lie inside")]
    [InlineData("type struct:a 8 unsigned used\n  x 0 99 u64 | y", "does not lie inside")]
    [InlineData("type struct:a 2000000000 unsigned used", "has 2000000000 bytes")]
    [InlineData("type struct:a 8 unsigned used\ntype struct:a 8 unsigned used", "is there twice")]
    [InlineData("type enum:a 3 unsigned used", "has 3 bytes")]
    [InlineData("map m Hash 4 4 [9999][9999][9999]u8 u32", "an array has")]
    [InlineData("map m Hash 4 4 [0]u8 u32", "is no type")]
    [InlineData("map m Hash", "line 4")]
    [InlineData("nonsense", "'nonsense' is not known")]
    [InlineData("variable v .bss writable -5 4 u32 | int v", "variable 'v' has")]
    public void A_description_that_contradicts_itself_is_refused(string lines, string reason)
    {
        Generated generated = Generated.From(Face, [Described.Lines(lines)]);
        Diagnostic diagnostic = Assert.Single(generated.Reported, item => item.Severity == DiagnosticSeverity.Error);
        Assert.Equal("HR0005", diagnostic.Id);
        Assert.Contains(reason, diagnostic.GetMessage());
    }

    [Fact]
    public void Another_versions_description_is_refused()
    {
        Generated generated = Generated.From(Face, ["headrace-object 2\npath /project/made.bpf.o\n"]);
        Assert.Contains("'headrace-object 2' instead of 'headrace-object 1'", Assert.Single(generated.Reported).GetMessage());
    }

    [Fact]
    public void A_struct_in_a_struct_in_a_struct_ends()
    {
        // Each level doubles what a walk without a memory would see.
        var source = new StringBuilder("struct s0 { char a; };\n");
        for (int i = 1; i < 16; i++)
            source.Append(System.Globalization.CultureInfo.InvariantCulture, $"struct s{i} {{ struct s{i - 1} a, b; }};\n");
        source.Append("struct s15 top;\nSEC(\"xdp\") int f(void *c) { return *(volatile char *)&top; }");
        Workshop.RequireClang();
        using var workshop = new Workshop();
        var time = Stopwatch.StartNew();
        Generated generated = workshop.Generate(source.ToString(), Face);
        Assert.Empty(generated.Compiled);
        Assert.Equal(1 << 15, Layouts.SizeOf(generated.Load().GetType("Face+S15")!));
        Assert.True(time.Elapsed < TimeSpan.FromSeconds(30), $"it took {time.Elapsed}");
    }

    private static int Seed(out string repeat)
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("HEADRACE_SEED"), out int given) ? given : Random.Shared.Next();
        repeat = $"seed {seed}: HEADRACE_SEED={seed} repeats it";
        return seed;
    }
}
