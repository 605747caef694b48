using System.Globalization;
using System.Text;
using Headrace.Bytecode;
using Headrace.Engine.Jit;
using Headrace.Objects;
using Headrace.Verifier;

namespace Headrace.Engine.Tests.Jit;

/// <summary>Programs of shapes that some analysis or pass finds hard, from small to far too large: each comes to an end, and to the interpreter's answer.</summary>
public class LargeProgramTests
{
    private static readonly byte[] s_packet = [.. Enumerable.Range(1, 64).Select(value => (byte)value)];
    private static readonly MachineOptions s_options = new() { Budget = 1 << 20 };

    private static string Text(string shape, int count)
    {
        var text = new StringBuilder();
        text.Append("r6 = *(u32 *)(r1 +0)\nr8 = *(u32 *)(r1 +4)\nr2 = r6\nr2 += 64\nr0 = 0\nif r2 > r8 goto out\nr7 = *(u32 *)(r6 +0)\n");
        switch (shape)
        {
            case "straight":
                for (int i = 0; i < count; i++)
                    text.Append(CultureInfo.InvariantCulture, $"r0 += r7\n");
                break;
            case "loads":
                for (int i = 0; i < count; i += 2)
                    text.Append(CultureInfo.InvariantCulture, $"r3 = *(u8 *)(r6 +{i % 60})\nr0 += r3\n");
                break;
            case "stores":
                for (int i = 0; i < count; i++)
                    text.Append(CultureInfo.InvariantCulture, $"*(u8 *)(r6 +{i % 60}) = r7\n");
                break;
            case "stack":
                for (int i = 0; i < count; i += 2)
                    text.Append(CultureInfo.InvariantCulture, $"*(u64 *)(r10 -{8 + i % 64 * 8}) = r7\nr7 = *(u64 *)(r10 -{8 + i % 7 * 8})\n");
                break;
            case "diamonds":
                for (int i = 0; i < count; i += 2)
                    text.Append(CultureInfo.InvariantCulture, $"if r7 == {i} goto a{i}\nr0 += 1\na{i}:\n");
                break;
            case "stackdiamonds":
                for (int i = 0; i < count; i += 2)
                    text.Append(CultureInfo.InvariantCulture, $"if r7 == {i} goto a{i}\n*(u64 *)(r10 -{8 + i % 64 * 8}) = r7\na{i}:\n");
                break;
            case "switch":
                for (int i = 0; i < count; i++)
                    text.Append(CultureInfo.InvariantCulture, $"if r7 == {i} goto out\n");
                break;
            case "lookups":
                for (int i = 0; i < count; i += 6)
                    text.Append(CultureInfo.InvariantCulture, $"*(u32 *)(r10 -4) = {i}\nr2 = r10\nr2 += -4\nr1 = map[m] ll\ncall bpf_map_lookup_elem#1\nif r0 == 0 goto a{i}\nr1 = *(u64 *)(r0 +0)\nr7 += r1\na{i}:\n");
                break;
            case "nest":
                for (int i = 0; i < count; i += 2)
                    text.Append(CultureInfo.InvariantCulture, $"a{i}:\nr7 += 1\n");
                for (int i = (count - 1) / 2 * 2; i >= 0; i -= 2)
                    text.Append(CultureInfo.InvariantCulture, $"if r7 == {i} goto a{i}\n");
                break;
            case "tangle":
                var random = new Random(count);
                for (int i = 0; i < count; i++)
                    text.Append(CultureInfo.InvariantCulture, $"a{i}:\nr7 += {i}\nif r7 == {i} goto a{random.Next(count)}\n");
                break;
        }
        text.Append("r0 = r7\nout:\nexit\n");
        return text.ToString();
    }

    public static TheoryData<string> Shapes => ["straight", "loads", "stores", "stack", "diamonds", "stackdiamonds", "switch", "lookups", "nest", "tangle"];

    [Theory, MemberData(nameof(Shapes))]
    public void Program_of_any_shape_is_compiled_or_interpreted(string shape)
    {
        foreach (int count in (int[])[250, 2000, 12_000])
        {
            CollectionSpec spec = TestProgram.Spec(Text(shape, count), maps: TestProgram.Array("m"));
            using Collection collection = LoadAnyhow(spec);
            LoadedProgram program = collection.Programs["main"];
            // Half of these jumps lead back.
            Assert.Equal(count < 12_000 || shape is not ("nest" or "tangle"), program.IsCompiled);
            uint expected = TestProgram.Run(EngineKind.Interpreter, program, s_packet, s_options);
            Assert.Equal(expected, TestProgram.Run(EngineKind.Jit, program, s_packet, s_options));
        }
    }

    [Fact]
    public void A_tail_call_leads_from_compiled_code_to_a_program_that_is_too_large_and_back()
    {
        MapSpec programs = TestProgram.Map("programs", MapType.ProgramArray, 4, 4, 2);
        programs.Entries.Add(new MapEntrySpec([0, 0, 0, 0], null, "large"));
        programs.Entries.Add(new MapEntrySpec([1, 0, 0, 0], null, "small"));
        CollectionSpec spec = TestProgram.Spec("r2 = map[programs] ll\nr3 = 0\ncall bpf_tail_call#12\nr0 = 1\nexit", maps: [programs, TestProgram.Array("count")]);
        string filler = string.Concat(Enumerable.Repeat("r0 += 1\n", CompileLimits.Instructions));
        TestProgram.Add(spec, "large", $"""
            r6 = r1
            r1 = 3
            r2 = subprog[body] ll
            r3 = 0
            r4 = 0
            call bpf_loop#181
            r0 = 0
            {filler}
            r1 = r6
            r2 = map[programs] ll
            r3 = 1
            call bpf_tail_call#12
            r0 = 1
            exit
            body:
            r1 = map[count][0]+0 ll
            r2 = 1
            lock *(u64 *)(r1 +0) += r2
            r0 = 0
            exit
            """);
        TestProgram.Add(spec, "small", "r1 = map[count][0]+0 ll\nr0 = *(u64 *)(r1 +0)\nr0 += 40\nexit");
        using Collection collection = TestProgram.Load(spec);
        Assert.True(collection.Programs["main"].IsCompiled && !collection.Programs["large"].IsCompiled);
        Assert.Equal(43U, TestProgram.Run(EngineKind.Jit, collection.Programs["main"], s_packet));
        Assert.Equal(46U, TestProgram.Run(EngineKind.Jit, collection.Programs["large"], s_packet));
    }

    private static Collection LoadAnyhow(CollectionSpec spec)
    {
        try
        {
            return Collection.Load(spec);
        }
        catch (VerificationException)
        {
            return TestProgram.Load(spec);
        }
    }
}
