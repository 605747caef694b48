using Headrace.Bytecode;
using Headrace.Linux.Tests.Differential;
using Headrace.Objects;
using Headrace.Verifier;

namespace Headrace.Linux.Tests.Soundness;

/// <summary>The check of soundness can fail: a fact made wrong is found out by the runs.</summary>
public class FactMutationTests
{
    private const int Runs = 64;

    private const string Text = """
        r6 = r1
        r7 = *(u32 *)(r6 + 0)
        r2 = *(u32 *)(r6 + 4)
        r1 = r7
        r1 += 48
        if r1 > r2 goto +14
        *(u32 *)(r10 - 4) = 0
        r2 = r10
        r2 += -4
        r1 = map[array]
        call 1
        if r0 == 0 goto +6
        r3 = *(u8 *)(r7 + 12)
        r3 &= 31
        r0 += r3
        r4 = *(u8 *)(r0 + 3)
        *(u64 *)(r10 - 16) = r4
        r0 = r4
        exit
        r0 = 1
        exit
        """;

    [Fact]
    public void Right_facts_hold() => Assert.Null(Violation(facts => facts));

    [Theory]
    [InlineData(15, 3)] // r3 &= 31, taken for less than 16
    [InlineData(18, 4)] // *(u8 *)
    [InlineData(19, 0)]
    public void A_range_that_is_too_narrow_is_found(int slot, int register) => Assert.Contains("proved is", Violation(facts => Change(facts, slot, (Register)register,
        known => known with { Number = known.Number with { UMax = known.Number.UMax / 2 } })), StringComparison.Ordinal);

    [Fact]
    public void A_bit_that_is_not_what_was_proved_is_found() => Assert.Contains("proved is", Violation(facts => Change(facts, 15, Register.R3,
        known => known with { Number = known.Number with { Bits = new Tnum(0, 30) } })), StringComparison.Ordinal);

    [Theory]
    [InlineData(4, Register.R1, RegisterKind.Stack)]
    [InlineData(4, Register.R1, RegisterKind.MapValue)]
    [InlineData(4, Register.R7, RegisterKind.PacketEnd)]
    [InlineData(7, Register.R10, RegisterKind.Packet)]
    public void A_pointer_of_another_kind_is_found(int slot, Register register, RegisterKind kind) => Assert.NotNull(Violation(facts => Change(facts, slot, register,
        known => known with { Kind = kind, Map = null, MapIndex = kind == RegisterKind.MapValue ? 0 : -1 })));

    [Fact]
    public void A_pointer_to_another_offset_is_found() => Assert.NotNull(Violation(facts => Change(facts, 5, Register.R1,
        known => known with { Number = RegisterFactsOf(47) })));

    [Fact]
    public void Code_that_runs_and_was_proved_dead_is_found() =>
        Assert.Contains("not to happen", Violation(facts => Copy(facts, 13, isReached: false)), StringComparison.Ordinal);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_branch_that_goes_the_other_way_is_found(bool always) => Assert.Contains("always", Violation(facts => Copy(facts, 5, branch: always)), StringComparison.Ordinal);

    [Fact]
    public void An_access_outside_of_its_offsets_is_found() =>
        Assert.Contains("touches", Violation(facts => Copy(facts, 16, access: facts[16].Access!.Value with { MaxOffset = 20 })), StringComparison.Ordinal);

    [Fact]
    public void Bytes_of_the_packet_that_are_not_there_are_found() =>
        Assert.Contains("bytes of the packet", Violation(facts => Copy(facts, 13, packetBytes: 120)), StringComparison.Ordinal);

    [Fact]
    public void Bits_taken_for_dead_that_are_not_are_found() =>
        Assert.Contains("rubbish", Violation(facts => Copy(facts, 19, live: 0)), StringComparison.Ordinal);

    private static string? Violation(Func<InstructionFacts[], InstructionFacts[]> change)
    {
        var spec = new CollectionSpec { Source = "mutation", License = "GPL" };
        foreach (MapSpec map in RandomMaps.Specs())
            spec.Maps.Add(map);
        spec.Programs.Add(new ProgramSpec
        {
            Name = "mutation",
            Type = ProgramType.Xdp,
            License = "GPL",
            Instructions = Assembler.Assemble(Text, _ => 0),
        });
        VerifierResult result = ProgramVerifier.Verify(spec, spec.Programs[0]);
        Assert.True(result.IsAccepted, result.Error);
        VerifiedProgram program = result.Program!;
        InstructionFacts[] facts = change([.. Enumerable.Range(0, program.Length).Select(slot => program[slot])]);
        using var trial = new SoundnessTrial();
        return trial.Violation(spec, new CompiledFacts(program, slot => facts[slot]), 1, Runs);
    }

    private static NumberFacts RegisterFactsOf(ulong value) =>
        new(Tnum.Const(value), (long)value, (long)value, value, value, (int)value, (int)value, (uint)value, (uint)value);

    private static InstructionFacts[] Change(InstructionFacts[] facts, int slot, Register register, Func<RegisterFacts, RegisterFacts> change)
    {
        RegisterFacts[] registers = [.. Enumerable.Range(0, 11).Select(i => facts[slot][(Register)i])];
        registers[(int)register] = change(registers[(int)register]);
        return Replace(facts, slot, new InstructionFacts(registers, Live(facts[slot]))
        {
            IsReached = true,
            Branch = facts[slot].Branch,
            Access = facts[slot].Access,
        });
    }

    private static InstructionFacts[] Copy(
        InstructionFacts[] facts, int slot, bool isReached = true, bool? branch = null, AccessFacts? access = null, int packetBytes = 0, ulong? live = null)
    {
        RegisterFacts[] registers = [.. Enumerable.Range(0, 11).Select(i => facts[slot][(Register)i])];
        ulong[] bits = live is { } all ? [.. Enumerable.Repeat(all, 11)] : Live(facts[slot]);
        return Replace(facts, slot, new InstructionFacts(registers, bits) { IsReached = isReached, Branch = branch, Access = access, PacketBytes = packetBytes });
    }

    private static InstructionFacts[] Replace(InstructionFacts[] facts, int slot, InstructionFacts changed)
    {
        var copy = (InstructionFacts[])facts.Clone();
        copy[slot] = changed;
        return copy;
    }

    private static ulong[] Live(InstructionFacts facts) => [.. Enumerable.Range(0, 11).Select(i => facts.LiveBits((Register)i))];
}
