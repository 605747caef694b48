namespace Headrace.Bytecode.Tests;

public class AssemblerTests
{
    [Theory]
    [InlineData("r1=*(u32*)(r1+4)", "r1 = *(u32 *)(r1 +4)")]
    [InlineData("r1 = *( u32 * )( r1 - 0x8 )", "r1 = *(u32 *)(r1 -8)")]
    [InlineData("r1 = *(u64 *)(r10)", "r1 = *(u64 *)(r10 +0)")]
    [InlineData("r1 = *(u64 *)(fp - 8)", "r1 = *(u64 *)(r10 -8)")]
    [InlineData("  r0   =  0x10  ; comment", "r0 = 16")]
    [InlineData("w0 = 0xffffffff", "w0 = -1")]
    [InlineData("w0 = 4294967295 // all ones", "w0 = -1")]
    [InlineData("goto +4", "goto pc+4")]
    [InlineData("goto pc - 4", "goto pc-4")]
    [InlineData("if r1 s> -1 goto +4", "if r1 s> 0xffffffff goto pc+4")]
    [InlineData("if w3 s>-1 goto +4", "if w3 s> 0xffffffff goto pc+4")]
    [InlineData("r1 s>>=3", "r1 s>>= 3")]
    [InlineData("r1 s/=r2", "r1 s/= r2")]
    [InlineData("lock *(u64 *)(r10 - 8) += r2", "lock *(u64 *)(r10 -8) += r2")]
    [InlineData("call map_lookup_elem", "call bpf_map_lookup_elem#1")]
    [InlineData("call bpf_map_lookup_elem", "call bpf_map_lookup_elem#1")]
    [InlineData("call 1", "call bpf_map_lookup_elem#1")]
    [InlineData("call #5", "call bpf_ktime_get_ns#5")]
    [InlineData("call +2", "call pc+2")]
    [InlineData("r1 = 5 ll", "r1 = 0x5 ll")]
    [InlineData("r1 = -1 ll", "r1 = 0xffffffffffffffff ll")]
    [InlineData("r1 = map[idx:3]", "r1 = map[idx:3] ll")]
    [InlineData("r0 = *(u8 *)skb[r7]", "r0 = *(u8 *)skb[r7 + 0]")]
    [InlineData("12: (b7) r0 = 2", "r0 = 2")]
    [InlineData("7: r0 = 2", "r0 = 2")]
    [InlineData("14: (07) r1 += -8                      ; R1_w=fp-8", "r1 += -8")]
    public void Spelling_is_free_where_meaning_is_clear(string text, string canonical) =>
        Assert.Equal(canonical, Disassembler.Format(Assembler.Assemble(text)[0]));

    [Fact]
    public void Labels_reach_both_ways_and_across_wide_loads()
    {
        Instruction[] program = Assembler.Assemble("""
            # count down from three
            start: r1 = 3
            loop:
                if r1 == 0 goto out
                r2 = 0x1122334455667788 ll
                r1 -= 1
                goto loop
            out: call helper_function
                exit
            helper_function:
                r0 = 7
                exit
            """);
        Assert.Equal("""
            r1 = 3
            if r1 == 0x0 goto pc+4
            r2 = 0x1122334455667788 ll
            r1 -= 1
            goto pc-5
            call pc+1
            exit
            r0 = 7
            exit
            """.ReplaceLineEndings("\n"), ProgramText.Format(program).Replace("\t", "").TrimEnd());
    }

    [Fact]
    public void Maps_are_found_by_name()
    {
        Instruction[] program = Assembler.Assemble("r1 = map[rules] ll\nr2 = map[.rodata][0]+16 ll", name => name == "rules" ? 3 : name == ".rodata" ? 4 : null);
        Assert.Equal(new Instruction(Opcode.WideLoad, Register.R1, (Register)WideLoadKind.MapIndex, 0, 3), program[0]);
        Assert.Equal(new Instruction(Opcode.WideLoad, Register.R2, (Register)WideLoadKind.MapValueIndex, 0, 4 | (16L << 32)), program[2]);
    }

    [Theory]
    [InlineData("frobnicate", 1, 1, "an instruction")]
    [InlineData("r0 = ", 1, 6, "the end of the line")]
    [InlineData("exit\nr11 = 1", 2, 1, "an instruction")]
    [InlineData("r10 = 1", 1, 1, "read only")]
    [InlineData("r1 = w2", 1, 6, "64 bits")]
    [InlineData("w1 = r2", 1, 6, "32 bits")]
    [InlineData("r1 = 0x123456789", 1, 6, "ll")]
    [InlineData("r1 = 0xffffffff", 1, 6, "ll")]
    [InlineData("w1 = *(u32 *)(r1 +0)", 1, 7, "r register")]
    [InlineData("r1 = *(u128 *)(r1 +0)", 1, 8, "a type")]
    [InlineData("r1 = *(u64 *)(r1 +40000)", 1, 18, "an offset in bytes")]
    [InlineData("r1 = *(u64 *)(r1 * 4)", 1, 18, "'+', '-' or ')'")]
    [InlineData("r1 <<= 64", 1, 1, "shift by 64")]
    [InlineData("r1 /= 0", 1, 1, "division by zero")]
    [InlineData("r1 = (s64)r2", 1, 7, "s8, s16 or s32")]
    [InlineData("w1 = (s32)w2", 1, 1, "8, 16")]
    [InlineData("r1 = -r2", 1, 7, "r1 was expected")]
    [InlineData("if r1 = 0 goto +1", 1, 7, "a comparison")]
    [InlineData("if r1 == 0 go +1", 1, 12, "'goto'")]
    [InlineData("goto nowhere", 1, 6, "'nowhere' is not defined")]
    [InlineData("goto +40000", 1, 6, "a distance from -32768 to 32767")]
    [InlineData("a: a: exit", 1, 4, "defined already")]
    [InlineData("call nothing_like_it", 1, 6, "neither a label here nor a helper")]
    [InlineData("call bpf_redirect#1", 1, 6, "has the number 23")]
    [InlineData("r1 = map[none] ll", 1, 10, "map 'none'")]
    [InlineData("r2 = atomic64_fetch_add((u64 *)(r10 -8), r3)", 1, 42, "r2 was expected")]
    [InlineData("r2 = atomic_fetch_add((u64 *)(r10 -8), r2)", 1, 6, "u32")]
    [InlineData("r2 = atomic_fetch_nand((u32 *)(r10 -8), r2)", 1, 6, "no atomic operation")]
    [InlineData("r2 = atomic64_cmpxchg((u64 *)(r10 -8), r0, r2)", 1, 40, "r0")]
    [InlineData("exit exit", 1, 6, "the end of the line")]
    [InlineData("r1 = \"x", 1, 6, "not closed")]
    [InlineData("r1 = 12ab", 1, 6, "no number")]
    [InlineData("r1 = {", 1, 6, "no meaning")]
    public void An_error_says_where_and_what_was_expected(string text, int line, int column, string fragment)
    {
        var error = Assert.Throws<AssemblerException>(() => Assembler.Assemble(text, source: "demo.s"));
        Assert.Contains(fragment, error.Problem);
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.StartsWith($"demo.s:{line}:{column}: ", error.Message);
    }

    [Fact]
    public void Any_text_gives_a_program_or_a_typed_error()
    {
        string[] words = ["r1", "w2", "=", "+=", "s>>=", "*", "(", ")", "u32", "goto", "if", "call", "map", "[", "]", "ll", "-", "+", "0x10", "99999999999", "exit", ":", "#", "lock", "\"", "&", "skb", "atomic_xchg", ".raw", "pc"];
        var random = new Random(3);
        for (int i = 0; i < 20_000; i++)
        {
            string text = string.Join(' ', Enumerable.Range(0, random.Next(1, 10)).Select(_ => words[random.Next(words.Length)]));
            try
            {
                Assembler.Assemble(text);
            }
            catch (AssemblerException error)
            {
                Assert.NotEmpty(error.Problem);
            }
        }
    }
}
