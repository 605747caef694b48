namespace Headrace.Bytecode.Tests.Validation;

public class InstructionValidatorTests
{
    [Theory, MemberData(nameof(VectorFile.Invalid), MemberType = typeof(VectorFile))]
    public void An_invalid_encoding_is_refused_with_its_reason(string bytes, string reason)
    {
        var error = Assert.Throws<BytecodeException>(() => InstructionValidator.Validate(Instruction.Decode(VectorFile.Bytes(bytes))));
        Assert.Contains(reason, error.Reason);
    }

    [Theory, MemberData(nameof(VectorFile.Instructions), MemberType = typeof(VectorFile))]
    public void Every_instruction_of_the_set_is_accepted(string text, string bytes)
    {
        Instruction instruction = Instruction.Decode(VectorFile.Bytes(bytes))[0];
        Assert.True(InstructionValidator.Check(instruction) is null, text);
    }

    [Fact]
    public void Every_opcode_of_the_set_has_a_vector()
    {
        HashSet<byte> covered = [.. VectorFile.Instructions.Select(row => VectorFile.Bytes(row.Data.Item2)[0])];
        for (int opcode = 0; opcode < 256; opcode++)
            Assert.Equal(OpcodeRules.Of(new Opcode((byte)opcode)).IsKnown, covered.Contains((byte)opcode));
    }

    [Fact]
    public void The_error_names_the_slot()
    {
        Instruction[] program = Instruction.Decode(VectorFile.Bytes("b7 00 00 00 00 00 00 00 18 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 37 01 00 00 00 00 00 00 95 00 00 00 00 00 00 00"));
        var error = Assert.Throws<BytecodeException>(() => InstructionValidator.Validate(program));
        Assert.Equal(3, error.Instruction);
        Assert.Equal("instruction 3: division by zero: the immediate must not be 0", error.Message);
    }

    [Fact]
    public void An_empty_program_is_refused() => Assert.Throws<BytecodeException>(() => InstructionValidator.Validate([]));

    [Fact]
    public void A_wide_load_without_its_tail_is_refused()
    {
        Instruction[] program = [new(Opcode.WideLoad, Register.R1, 0, 0, 5), new(new Opcode(0x95), 0, 0, 0, 0)];
        Assert.Equal((1, "the second slot of a 64-bit immediate must be zero but for its immediate"), InstructionValidator.Find(program));
    }

    [Fact]
    public void An_immediate_beyond_32_bits_is_refused() =>
        Assert.Contains("does not fit 32 bits", InstructionValidator.Check(new Instruction(new Opcode(0xb7), 0, 0, 0, 1L << 32)));

    [Fact]
    public void Any_bytes_get_an_answer()
    {
        var random = new Random(2);
        byte[] bytes = new byte[64];
        for (int i = 0; i < 20_000; i++)
        {
            random.NextBytes(bytes);
            try
            {
                InstructionValidator.Validate(Instruction.Decode(bytes));
            }
            catch (BytecodeException error)
            {
                Assert.InRange(error.Instruction, 0, 8);
            }
        }
    }
}
