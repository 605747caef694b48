using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier.Tests;

/// <summary>Programs made to cost as much as they can: each ends, in bounded memory, with words that say why.</summary>
public class HostileProgramTests
{
    private const int Limit = 1_000_000; // BPF_COMPLEXITY_LIMIT_INSNS, include/linux/bpf_verifier.h
    private const long MostMemory = 1L << 30;

    private static readonly Instruction s_zero = Assembler.Assemble("r0 = 0\n")[0];
    private static readonly Instruction s_exit = Assembler.Assemble("exit\n")[0];

    [Fact]
    public void A_million_instructions_in_a_row_are_verified() =>
        Accepted([.. Enumerable.Repeat(s_zero, Limit - 1), s_exit]);

    [Fact]
    public void One_more_is_too_many() =>
        Refused([.. Enumerable.Repeat(s_zero, Limit), s_exit], "too many instructions");

    [Fact]
    public void An_endless_loop_ends_at_the_limit() =>
        Refused(Assemble("r6 = 0\na:\nr6 += 1\ngoto a\n"), "BPF program is too large. Processed 1000001 insn");

    // Every number is told apart from every other, so that no state covers another.
    [Fact]
    public void Branches_that_never_meet_end_at_the_limit()
    {
        var code = new List<Instruction>(Assemble("call get_prandom_u32\nr6 = 0\n"));
        for (int i = 0; i < 40; i++)
            code.AddRange(Assemble($"if r0 & {1L << (i % 31)} goto +1\nr6 += {1L << (i % 31)}\n"));
        code.AddRange(Assemble("r0 = 0\nif r6 == 5 goto +0\nexit\n"));
        Refused([.. code], "BPF program is too large");
    }

    [Fact]
    public void Jumps_that_all_wait_are_too_many()
    {
        List<Instruction> code = [.. Assemble("call get_prandom_u32\n")];
        for (int i = 0; i < 20_000; i++)
            code.AddRange(Assemble($"if r0 == {i} goto +0\n"));
        code.AddRange(Assemble("r0 = 0\nexit\n"));
        VerifierResult result = Verify([.. code]);
        Assert.True(result.IsAccepted || result.LastLine.Contains("jumps is too complex", StringComparison.Ordinal), result.Error);
    }

    [Fact]
    public void Loops_in_loops_end_at_the_limit()
    {
        const int Depth = 400;
        string text = "r6 = 0\n" + string.Concat(Enumerable.Range(0, Depth).Select(i => $"a{i}:\nr6 += 1\n"))
            + string.Concat(Enumerable.Range(0, Depth).Reverse().Select(i => $"call get_prandom_u32\nif r0 == {i} goto a{i}\n")) + "r0 = 0\nexit\n";
        Ends(Verify(Assemble(text)));
    }

    // What is live at each step depends on the step behind it, which stands before it.
    [Fact]
    public void Steps_in_reverse_order_are_verified()
    {
        const int Steps = 200_000;
        List<Instruction> code = [.. Assemble($"gotol +{2 * Steps}\nr0 = r6\nexit\n")];
        Instruction[] step = Assemble("r0 = 0\ngoto -4\n");
        for (int i = 1; i < Steps; i++)
            code.AddRange(step);
        code.AddRange(Assemble("r6 = 0\ngoto -4\n"));
        Accepted([.. code]);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10_000)]
    public void Functions_that_nest_too_deep_are_refused(int depth)
    {
        string text = "call f1\nexit\n" + string.Concat(Enumerable.Range(1, depth).Select(i => $"f{i}:\ncall f{i + 1}\nexit\n")) + $"f{depth + 1}:\nr0 = 0\nexit\n";
        Refused(Assemble(text), "the call stack of 9 frames is too deep");
    }

    // Eight functions of sixty calls each: 60^7 ways through them, all of them dead.
    [Fact]
    public void Calls_that_multiply_do_not_multiply_the_work()
    {
        string calls = string.Concat(Enumerable.Repeat("call f{0}\n", 60));
        string text = "r0 = 0\nif r0 == 0 goto out\n" + calls.Replace("{0}", "1", StringComparison.Ordinal) + "out:\nexit\n"
            + string.Concat(Enumerable.Range(1, 6).Select(i => $"f{i}:\n" + calls.Replace("{0}", $"{i + 1}", StringComparison.Ordinal) + "exit\n")) + "f7:\nr0 = 0\nexit\n";
        Accepted(Assemble(text));
    }

    [Fact]
    public void A_stack_full_of_numbers_that_change_ends_at_the_limit()
    {
        string text = "r6 = 0\na:\ncall get_prandom_u32\n" + string.Concat(Enumerable.Range(1, 64).Select(i => $"*(u64 *)(r10 -{8 * i}) = r6\nr6 += {i}\n"))
            + "if r0 != 7 goto a\nr0 = 0\nexit\n";
        Ends(Verify(Assemble(text)));
    }

    [Fact]
    public void Half_of_a_wide_load_is_refused()
    {
        var half = new Instruction(Opcode.Memory(OpcodeClass.Ld, AccessMode.Imm, AccessSize.Double), Register.R0, 0, 0, 1);
        Refused([half, s_exit], "invalid bpf_ld_imm64 insn");
        Refused([s_exit, half], "last insn is not an exit or jmp");
    }

    [Fact]
    public void Nothing_at_all_is_refused() => Refused([], "the program has no instructions");

    private static Instruction[] Assemble(string text) => Assembler.Assemble(text);

    private static VerifierResult Verify(Instruction[] code)
    {
        var program = new ProgramSpec { Name = "hostile", Type = ProgramType.Xdp, License = "GPL", Instructions = code };
        long most = 0;
        using (new Timer(_ => most = Math.Max(most, GC.GetTotalMemory(false)), null, 0, 20))
        {
            VerifierResult result = ProgramVerifier.Verify(new CollectionSpec { Source = "hostile" }, program);
            Assert.InRange(result.Processed, 0, Limit + 1);
            Assert.InRange(most, 0, MostMemory);
            return result;
        }
    }

    private static void Accepted(Instruction[] code)
    {
        VerifierResult result = Verify(code);
        Assert.True(result.IsAccepted, result.Error);
    }

    private static void Refused(Instruction[] code, string words)
    {
        VerifierResult result = Verify(code);
        Assert.False(result.IsAccepted);
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
    }

    // Accepted or not: what matters is that it says which, and why not.
    private static void Ends(VerifierResult result) => Assert.True(result.IsAccepted || result.LastLine.Length > 0);
}
