namespace Headrace.Bytecode.Tests;

public class RoundTripTests
{
    [Fact]
    public void A_hundred_thousand_random_instructions_come_back_from_their_text()
    {
        const int seed = 20250703;
        var random = new RandomInstructions(seed);
        for (int i = 0; i < 100_000; i++)
        {
            Instruction instruction = random.Next();
            string text = Disassembler.Format(instruction);
            Instruction[] back = Assembler.Assemble(text);
            Assert.True(back[0] == instruction && back.Length == instruction.Slots, $"seed {seed}, instruction {i}: {instruction} is written '{text}', which reads as {back[0]}");
            Assert.Equal(text, Disassembler.Format(back[0]));
        }
    }

    [Theory, MemberData(nameof(VectorFile.Instructions), MemberType = typeof(VectorFile))]
    public void Text_to_bytes_to_text_is_exact(string text, string bytes)
    {
        byte[] encoded = Instruction.Encode(Assembler.Assemble(text));
        Assert.Equal(bytes, VectorFile.Hex(encoded));
        Assert.Equal(text, Disassembler.Format(Instruction.Decode(encoded)[0]));
    }

    [Fact]
    public void Random_programs_come_back_from_their_text_with_labels()
    {
        var random = new RandomInstructions(7);
        for (int i = 0; i < 500; i++)
        {
            List<Instruction> slots = [];
            while (slots.Count < 60)
            {
                Instruction instruction = random.Next();
                slots.Add(instruction);
                if (instruction.Opcode.IsWideLoad)
                    slots.Add(Instruction.WideTail);
            }
            Instruction[] program = [.. slots];
            string text = ProgramText.Format(program, new DisassemblyNames { Label = ProgramText.Labels(program) }, slot => slot % 5 == 0 ? $"line {slot};" : null);
            Assert.Equal(program, Assembler.Assemble(text));
        }
    }

    [Fact]
    public void Bytes_that_are_no_instruction_come_back_too()
    {
        byte[] bytes = VectorFile.Bytes("8f 12 34 12 78 56 34 12 18 7a 01 00 01 00 00 00 00 00 00 00 02 00 00 80 b7 0b 00 00 00 00 00 00 95 00 00 00 00 00 00 00");
        string text = ProgramText.Format(Instruction.Decode(bytes));
        Assert.Equal("\t.raw 0x123456781234128f\n\t.raw 0x0000000100017a18\n\t.raw 0x8000000200000000\n\t.raw 0x0000000000000bb7\n\texit\n", text);
        Assert.Equal(bytes, Instruction.Encode(Assembler.Assemble(text)));
    }
}
