namespace Headrace.Bytecode.Tests.Classic;

public class ClassicTranslatorTests
{
    [Theory]
    [InlineData(0x30, 0xfffff000u, "instruction 0: the load at offset -4096 asks the kernel for more than the packet's bytes")]
    [InlineData(0x60, 16u, "instruction 0: scratch word 16 is none of the 16 there are")]
    [InlineData(0x34, 0u, "instruction 0: divides by zero")]
    [InlineData(0x64, 32u, "instruction 0: shifts by 32 bits")]
    [InlineData(0x05, 7u, "instruction 0: jumps 7 instructions on, beyond the filter's end")]
    [InlineData(0xe0, 0u, "instruction 0: classic instruction 0x00e0 is not known")]
    [InlineData(0xb4, 0u, "instruction 0: classic instruction 0x00b4 is not known")]
    public void What_has_no_equivalent_is_refused(int code, uint value, string message)
    {
        var error = Assert.Throws<BytecodeException>(() => Translate([new((ushort)code, 0, 0, value), new(6, 0, 0, 0)]));
        Assert.Contains(message[(message.IndexOf(": ", StringComparison.Ordinal) + 2)..], error.Message, StringComparison.Ordinal);
        Assert.Equal(0, error.Instruction);
    }

    [Fact]
    public void A_filter_ends_with_a_return()
    {
        Assert.Throws<BytecodeException>(() => Translate([]));
        Assert.Throws<BytecodeException>(() => Translate([new(0x30, 0, 0, 0)]));
        Assert.Throws<BytecodeException>(() => Translate(new ClassicInstruction[5000]));
    }

    private static void Translate(ClassicInstruction[] filter) => ClassicTranslator.Append(new ProgramBuilder(), filter, "f", "yes", "no");
}
