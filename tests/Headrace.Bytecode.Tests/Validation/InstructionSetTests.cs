namespace Headrace.Bytecode.Tests.Validation;

public class InstructionSetTests
{
    [Theory]
    [InlineData("07 01 00 00 01 00 00 00", CpuVersion.V1, ConformanceGroups.Base64)] // r1 += 1
    [InlineData("04 01 00 00 01 00 00 00", CpuVersion.V1, ConformanceGroups.Base32)] // w1 += 1
    [InlineData("a5 01 00 00 01 00 00 00", CpuVersion.V2, ConformanceGroups.Base64)] // if r1 < 1
    [InlineData("16 01 00 00 01 00 00 00", CpuVersion.V3, ConformanceGroups.Base32)] // if w1 == 1
    [InlineData("a6 01 00 00 01 00 00 00", CpuVersion.V3, ConformanceGroups.Base32)] // if w1 < 1
    [InlineData("db 1a f8 ff 00 00 00 00", CpuVersion.V1, ConformanceGroups.Atomic64)] // lock += without fetch
    [InlineData("c3 1a f8 ff 01 00 00 00", CpuVersion.V3, ConformanceGroups.Atomic32)] // atomic_fetch_add
    [InlineData("c3 1a f8 ff 10 01 00 00", CpuVersion.Linux618, ConformanceGroups.None)] // store_release
    [InlineData("37 01 00 00 03 00 00 00", CpuVersion.V1, ConformanceGroups.DivMul64)] // r1 /= 3
    [InlineData("34 01 01 00 03 00 00 00", CpuVersion.V4, ConformanceGroups.DivMul32)] // w1 s/= 3
    [InlineData("bf 21 08 00 00 00 00 00", CpuVersion.V4, ConformanceGroups.Base64)] // r1 = (s8)r2
    [InlineData("bf 21 00 00 00 00 00 00", CpuVersion.V1, ConformanceGroups.Base64)] // r1 = r2
    [InlineData("d7 01 00 00 10 00 00 00", CpuVersion.V4, ConformanceGroups.Base32)] // bswap16
    [InlineData("dc 01 00 00 40 00 00 00", CpuVersion.V1, ConformanceGroups.Base64)] // be64
    [InlineData("dc 01 00 00 10 00 00 00", CpuVersion.V1, ConformanceGroups.Base32)] // be16
    [InlineData("06 00 00 00 00 00 00 00", CpuVersion.V4, ConformanceGroups.Base32)] // gotol
    [InlineData("e5 00 00 00 00 00 00 00", CpuVersion.Linux618, ConformanceGroups.None)] // may_goto
    [InlineData("81 a1 f8 ff 00 00 00 00", CpuVersion.V4, ConformanceGroups.Base64)] // s32 load
    [InlineData("30 00 00 00 0e 00 00 00", CpuVersion.V1, ConformanceGroups.Packet)] // skb[14]
    [InlineData("bf 21 01 00 01 00 00 00", CpuVersion.Linux618, ConformanceGroups.None)] // addr_space_cast
    [InlineData("00 00 00 00 00 00 00 00", (CpuVersion)0, ConformanceGroups.None)] // no instruction
    public void An_instruction_knows_its_set(string bytes, CpuVersion version, ConformanceGroups groups)
    {
        Instruction instruction = Instruction.Decode(VectorFile.Bytes(bytes))[0];
        Assert.Equal(version, InstructionSet.VersionOf(instruction));
        Assert.Equal(groups, InstructionSet.GroupsOf(instruction));
    }

    [Fact]
    public void A_program_needs_what_its_instructions_need()
    {
        Instruction[] program = Instruction.Decode(VectorFile.Bytes("18 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 24 01 00 00 03 00 00 00 a5 01 00 00 01 00 00 00 95 00 00 00 00 00 00 00"));
        Assert.Equal(CpuVersion.V2, InstructionSet.VersionOf(program));
        Assert.Equal(ConformanceGroups.Base64 | ConformanceGroups.DivMul32 | ConformanceGroups.Base32, InstructionSet.GroupsOf(program));
    }
}
