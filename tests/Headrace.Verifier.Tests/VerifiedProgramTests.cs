using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier.Tests;

public class VerifiedProgramTests
{
    private const string Packet = """
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

    [Fact]
    public void Accesses_know_their_region_and_offset()
    {
        VerifiedProgram program = Verify(Packet);
        Assert.Equal((RegisterKind.Context, 4), (program[1].Access!.Value.Kind, program[1].Access!.Value.Offset));
        Assert.Equal((RegisterKind.Packet, 13), (program[7].Access!.Value.Kind, program[7].Access!.Value.Offset));
        Assert.Equal((RegisterKind.Stack, -8), (program[8].Access!.Value.Kind, program[8].Access!.Value.Offset));
        Assert.True(program[8].Access!.Value.IsWrite);
        Assert.Null(program[4].Access);
    }

    [Fact]
    public void Comparisons_with_the_packets_end_prove_bytes()
    {
        VerifiedProgram program = Verify(Packet);
        Assert.Equal(0, program[5].PacketBytes);
        Assert.Equal(14, program[7].PacketBytes);
        Assert.Equal(0, program[9].PacketBytes);
    }

    [Fact]
    public void Branches_that_go_one_way_are_known()
    {
        VerifiedProgram program = Verify(Packet);
        Assert.Null(program[5].Branch);
        Assert.False(program[6].Branch);
    }

    [Fact]
    public void Dead_code_is_known()
    {
        VerifiedProgram program = Verify("r0 = 0\nif r0 == 0 goto +1\nr0 = 7\nexit\n");
        Assert.True(program[1].Branch);
        Assert.False(program[2].IsReached);
        Assert.True(program[3].IsReached);
    }

    [Theory]
    [InlineData("r0 &= 15", 0, 15)]
    [InlineData("r0 &= 15\nr0 += 3", 3, 18)]
    [InlineData("r0 &= 255\nr0 /= 10", 0, 25)]
    [InlineData("r0 %= 10", 0, 9)]
    [InlineData("w0 >>= 28", 0, 15)]
    [InlineData("r0 = be16 r0", 0, 65535)]
    [InlineData("r1 = r0\nr1 &= 3\nr0 = 1\nr0 <<= r1", 1, 8)]
    [InlineData("w0 = w0", 0, uint.MaxValue)]
    public void Numbers_have_the_range_that_arithmetic_gives_them(string text, ulong min, ulong max)
    {
        VerifiedProgram program = Verify($"call 7\n{text}\nexit\n");
        NumberFacts number = program[program.Length - 1][Register.R0].Number;
        Assert.Equal((min, max), (number.UMin, number.UMax));
        Assert.Equal(max <= uint.MaxValue, number.Is32Bit);
    }

    [Fact]
    public void Values_of_both_ways_are_joined()
    {
        VerifiedProgram program = Verify("call 7\nif r0 > 9 goto +2\nr0 += 1\ngoto +1\nr0 = 20\nexit\n");
        Assert.Equal((1UL, 20UL), (program[5][Register.R0].Number.UMin, program[5][Register.R0].Number.UMax));
    }

    [Fact]
    public void Loop_counters_have_the_range_of_the_loop()
    {
        VerifiedProgram program = Verify("r1 = 0\nr0 = 0\nr0 += 2\nr1 += 1\nif r1 != 100 goto -3\nexit\n");
        Assert.Equal((0UL, 99UL), (program[2][Register.R1].Number.UMin, program[2][Register.R1].Number.UMax));
        Assert.Equal(100UL, program[5][Register.R1].Constant);
        Assert.Equal(0UL, program[5][Register.R0].Number.Bits.Mask & 1);
    }

    [Fact]
    public void Spilled_numbers_are_followed()
    {
        VerifiedProgram program = Verify("call 7\nr0 &= 7\n*(u64 *)(r10 - 8) = r0\nr0 = 0\n*(u32 *)(r10 - 12) = 5\nr0 = *(u64 *)(r10 - 8)\nr1 = *(u16 *)(r10 - 12)\nexit\n");
        Assert.Equal((0UL, 7UL), (program[5].Result.Number.UMin, program[5].Result.Number.UMax));
        Assert.Equal(5UL, program[6].Result.Constant);
    }

    [Fact]
    public void Look_ups_may_find_nothing_until_it_is_asked()
    {
        VerifiedProgram program = Verify("""
            *(u32 *)(r10 - 4) = 9
            r2 = r10
            r2 += -4
            r1 = map[hash]
            call 1
            if r0 == 0 goto +1
            r0 = *(u32 *)(r0 + 4)
            exit
            """);
        Assert.Equal(1, program[5].Call!.Value.MapIndex);
        Assert.Equal(HelperId.MapLookupElem, program[5].Call!.Value.Helper);
        Assert.True(program[6][Register.R0].MayBeNull);
        Assert.Equal((RegisterKind.MapValue, false, 1), (program[7][Register.R0].Kind, program[7][Register.R0].MayBeNull, program[7][Register.R0].MapIndex));
        Assert.Equal(4, program[7].Access!.Value.Offset);
    }

    [Fact]
    public void Functions_know_what_all_their_callers_pass()
    {
        VerifiedProgram program = Verify("r1 = 3\ncall +5\nr6 = r0\nr1 = 5\ncall +2\nr0 += r6\nexit\nr0 = r1\nr0 += 1\nexit\n");
        Assert.Equal((3UL, 5UL), (program[7][Register.R1].Number.UMin, program[7][Register.R1].Number.UMax));
        Assert.Equal((4UL, 6UL), (program[4][Register.R6].Number.UMin, program[4][Register.R6].Number.UMax));
        Assert.Equal([0, 7], program.FunctionStarts);
    }

    [Fact]
    public void A_function_may_write_its_callers_stack()
    {
        VerifiedProgram program = Verify("""
            *(u64 *)(r10 - 8) = 1
            *(u64 *)(r10 - 16) = 2
            r1 = r10
            r1 += -8
            call +4
            r0 = *(u64 *)(r10 - 8)
            r1 = *(u64 *)(r10 - 16)
            r0 = 0
            exit
            *(u64 *)(r1 + 0) = 7
            r0 = 0
            exit
            """);
        Assert.Null(program[5].Result.Constant);
        Assert.Equal(2UL, program[6].Result.Constant);
        Assert.Equal((RegisterKind.Stack, 1, -8), (program[9].Access!.Value.Kind, program[9].Access!.Value.FramesUp, program[9].Access!.Value.Offset));
    }

    [Theory]
    [InlineData("r0 = r6\nexit", Register.R6, uint.MaxValue)] // a program returns 32 bits
    [InlineData("r0 = r6\nr0 &= 255\nexit", Register.R6, 255)]
    [InlineData("r0 = r6\nr0 >>= 8\nr0 &= 255\nexit", Register.R6, 0xff00)]
    [InlineData("w0 = w6\nif w0 > 3 goto +0\nexit", Register.R6, uint.MaxValue)]
    [InlineData("r0 = r6\nr0 <<= 32\nr0 >>= 32\nexit", Register.R6, uint.MaxValue)]
    [InlineData("r0 = r6\nr0 = 1\nexit", Register.R6, 0)]
    [InlineData("*(u16 *)(r10 - 2) = r6\nr0 = 1\nexit", Register.R6, 0xffff)]
    [InlineData("r0 = r6\nr0 = be16 r0\nr0 &= 255\nexit", Register.R6, 0xff00)]
    public void Bits_that_nothing_needs_are_dead(string text, Register register, ulong live)
    {
        VerifiedProgram program = Verify($"call 7\nr6 = r0\n{text}\n");
        Assert.Equal(live, program[2].LiveBits(register));
        Assert.Equal(live != 0, program[2].IsLive(register));
    }

    [Theory]
    [InlineData("r1 = 0\nr1 += 1\nif r1 != 100 goto -2", 99UL)]
    [InlineData("r1 = 10\nr1 -= 2\nif r1 > 1 goto -2", 4UL)]
    [InlineData("w1 = 0\nw1 += 3\nif w1 < 30 goto -2", 9UL)]
    [InlineData("*(u64 *)(r10 - 8) = 7\nr1 = *(u64 *)(r10 - 8)\nr1 += -1\n*(u64 *)(r10 - 8) = r1\nif r1 != 0 goto -4", 6UL)]
    [InlineData("r1 = 0\ngoto +2\nif r1 > 50 goto +2\nr1 += 1\nif r1 != 20 goto -3", 20UL)]
    public void Loops_have_bounds(string text, ulong trips)
    {
        VerifiedProgram program = Verify($"{text}\nr0 = 0\nexit\n");
        Assert.Equal(trips, Assert.Single(program.Loops).MaxTrips);
    }

    [Fact]
    public void Loops_in_loops_have_bounds_of_their_own()
    {
        VerifiedProgram program = Verify("r1 = 0\nr2 = 0\nr2 += 1\nif r2 != 5 goto -2\nr1 += 1\nif r1 != 3 goto -5\nr0 = 0\nexit\n");
        Assert.Equal([new LoopFacts(3, 2, 4), new LoopFacts(5, 1, 2)], program.Loops);
    }

    [Fact]
    public void A_loop_without_a_counter_has_no_bound()
    {
        VerifiedProgram program = Verify("may_goto +1\ngoto -2\nr0 = 0\nexit\n");
        Assert.Null(Assert.Single(program.Loops).MaxTrips);
    }

    private static VerifiedProgram Verify(string text)
    {
        var collection = new CollectionSpec { Source = "facts" };
        collection.Maps.Add(new MapSpec { Name = "array", Type = MapType.Array, KeySize = 4, ValueSize = 64, MaxEntries = 4 });
        collection.Maps.Add(new MapSpec { Name = "hash", Type = MapType.Hash, KeySize = 4, ValueSize = 16, MaxEntries = 4 });
        var program = new ProgramSpec
        {
            Name = "facts",
            Type = ProgramType.Xdp,
            License = "GPL",
            Instructions = Assembler.Assemble(text, map => map == "array" ? 0 : 1),
        };
        VerifierResult result = ProgramVerifier.Verify(collection, program);
        Assert.True(result.IsAccepted, result.Error);
        return result.Program!;
    }
}
