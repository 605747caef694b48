using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier.Tests;

public class VerifiedProgramTests
{
    private const string Text = """
        r2 = *(u32 *)(r1 + 0)
        r3 = *(u32 *)(r1 + 4)
        r4 = r2
        r4 += 14
        r0 = 0
        if r4 > r3 goto +3
        if r0 != 0 goto +1
        r0 = *(u8 *)(r2 + 13)
        *(u64 *)(r10 - 8) = r0
        exit
        """;

    private readonly VerifiedProgram _program = Verify(Text);

    [Fact]
    public void Accesses_know_their_region_and_offset()
    {
        Assert.Equal((RegisterKind.Context, 4), (_program[1].Pointer, _program[1].Offset));
        Assert.Equal((RegisterKind.Packet, 13), (_program[7].Pointer, _program[7].Offset));
        Assert.Equal((RegisterKind.Stack, -8), (_program[8].Pointer, _program[8].Offset));
    }

    [Fact]
    public void Branches_that_go_one_way_are_known()
    {
        Assert.Null(_program[5].Branch);
        Assert.False(_program[6].Branch);
    }

    [Fact]
    public void Dead_code_is_known()
    {
        VerifiedProgram program = Verify("r0 = 0\nif r0 == 0 goto +1\nr0 = 7\nexit\n");
        Assert.True(program[1].Branch);
        Assert.False(program[2].IsReached);
        Assert.True(program[3].IsReached);
    }

    private static VerifiedProgram Verify(string text)
    {
        var program = new ProgramSpec { Name = "facts", Type = ProgramType.Xdp, License = "GPL", Instructions = Assembler.Assemble(text) };
        VerifierResult result = ProgramVerifier.Verify(new CollectionSpec { Source = "facts" }, program);
        Assert.True(result.IsAccepted, result.Error);
        return result.Program!;
    }
}
