namespace Headrace.Bytecode.Tests;

public class DisassemblerTests
{
    [Theory, MemberData(nameof(VectorFile.Instructions), MemberType = typeof(VectorFile))]
    public void Bytes_are_written_as_the_kernel_writes_them(string text, string bytes) =>
        Assert.Equal(text, Disassembler.Format(Instruction.Decode(VectorFile.Bytes(bytes))[0]));

    [Fact]
    public void A_log_line_has_the_slot_and_the_opcode() =>
        Assert.Equal("12: (18) r1 = 0x1122334455667788", Disassembler.LogLine(new Instruction(Opcode.WideLoad, Register.R1, 0, 0, 0x1122334455667788), 12));

    [Fact]
    public void Names_stand_for_numbers_where_they_are_known()
    {
        var names = new DisassemblyNames
        {
            Map = index => index == 2 ? "rules" : null,
            Function = slot => slot == 8 ? "parse" : null,
            Label = slot => slot == 12 ? "out" : null,
            Kfunc = slot => slot == 3 ? "bpf_xdp_metadata_rx_hash" : null,
        };
        Assert.Equal("r1 = map[rules] ll", Format("18 51 00 00 02 00 00 00 00 00 00 00 00 00 00 00"));
        Assert.Equal("r1 = map[idx:1] ll", Format("18 51 00 00 01 00 00 00 00 00 00 00 00 00 00 00"));
        Assert.Equal("r1 = map[rules][0]+16 ll", Format("18 61 00 00 02 00 00 00 00 00 00 00 10 00 00 00"));
        Assert.Equal("r1 = subprog[parse] ll", Format("18 41 00 00 04 00 00 00 00 00 00 00 00 00 00 00"));
        Assert.Equal("call parse", Format("85 10 00 00 04 00 00 00"));
        Assert.Equal("goto out", Format("05 00 08 00 00 00 00 00"));
        Assert.Equal("if r1 == 0x0 goto pc+9", Format("15 01 09 00 00 00 00 00"));
        Assert.Equal("call bpf_xdp_metadata_rx_hash#7", Format("85 20 00 00 07 00 00 00"));

        string Format(string bytes) => Disassembler.Format(Instruction.Decode(VectorFile.Bytes(bytes))[0], 3, names);
    }

    [Fact]
    public void Every_byte_pattern_has_a_text()
    {
        var random = new Random(1);
        byte[] slot = new byte[8];
        for (int i = 0; i < 100_000; i++)
        {
            random.NextBytes(slot);
            var instruction = new Instruction(new Opcode(slot[0]), (Register)(slot[1] & 15), (Register)(slot[1] >> 4), BitConverter.ToInt16(slot, 2), BitConverter.ToInt32(slot, 4));
            Assert.NotEmpty(Disassembler.Format(instruction, i));
        }
    }
}
