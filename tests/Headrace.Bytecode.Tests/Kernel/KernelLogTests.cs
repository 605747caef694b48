namespace Headrace.Bytecode.Tests.Kernel;

public class KernelLogTests
{
    // Every register and some stack hold something, so that the verifier walks up to the instruction whatever it reads.
    private static readonly Instruction[] s_prologue = Assembler.Assemble("""
        r6 = r1
        r0 = 1
        r2 = 1
        r3 = 1
        r4 = 1
        r5 = 1
        r7 = 1
        r8 = 1
        r9 = 1
        *(u64 *)(r10 -8) = 0
        *(u64 *)(r10 -16) = 0
        """);

    [Theory, MemberData(nameof(VectorFile.KernelInstructions), MemberType = typeof(VectorFile))]
    public void The_kernel_prints_the_same_text(string text, string bytes)
    {
        Instruction instruction = Instruction.Decode(VectorFile.Bytes(bytes))[0];
        Instruction[] program = [.. s_prologue, instruction, .. instruction.IsExit ? [] : Assembler.Assemble("r0 = 0\nr0 = 0\nr0 = 0\nexit")];
        string log = KernelLog.Of(program);
        Assert.Contains(log.Split('\n'), line => IsLine(line, Disassembler.LogLine(instruction, s_prologue.Length)));
        Assert.EndsWith(text, Disassembler.LogLine(instruction, s_prologue.Length));
    }

    [Theory]
    [InlineData("r2 = 0x1122334455667788 ll")]
    [InlineData("r2 = -1 ll")]
    public void The_kernel_prints_wide_constants_without_our_mark(string text)
    {
        Instruction[] wide = Assembler.Assemble(text);
        string log = KernelLog.Of([.. s_prologue, .. wide, .. Assembler.Assemble("r0 = 0\nexit")]);
        Assert.Contains(log.Split('\n'), line => IsLine(line, Disassembler.LogLine(wide[0], s_prologue.Length)));
    }

    [Fact]
    public void The_kernel_prints_local_calls_the_same()
    {
        string log = KernelLog.Of(Assembler.Assemble("call pc+2\nr0 = 0\nexit\nr0 = 0\nexit"));
        Assert.Contains(log.Split('\n'), line => IsLine(line, "0: (85) call pc+2"));
    }

    [Theory, MemberData(nameof(VectorFile.InvalidInstructions), MemberType = typeof(VectorFile))]
    public void The_kernel_refuses_what_we_refuse(string bytes, string reason)
    {
        byte[] encoded = VectorFile.Bytes(bytes);
        // What is wrong only at the end of a program or outside of it stays there.
        bool needsMore = encoded.Length == Instruction.SlotSize && !reason.Contains("second slot is missing") && !reason.Contains("runs off") && !reason.Contains("leaves");
        byte[] epilogue = needsMore ? Instruction.Encode(Assembler.Assemble("r0 = 0\nr0 = 0\nr0 = 0\nexit")) : [];
        string log = KernelLog.OfBytes([.. Instruction.Encode(s_prologue), .. encoded, .. epilogue], out bool loaded);
        Assert.False(loaded, $"{reason}\n{log}");
    }

    // Behind the instruction the log may say what its registers hold.
    private static bool IsLine(string line, string expected) =>
        line.StartsWith(expected, StringComparison.Ordinal) && (line.Length == expected.Length || line[expected.Length..].TrimStart().StartsWith(';'));
}
