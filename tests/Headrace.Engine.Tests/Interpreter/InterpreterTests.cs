using Headrace.Bytecode;

namespace Headrace.Engine.Tests;

public unsafe class InterpreterTests
{
    private static readonly Instruction s_exit = new(Opcode.Jump(JumpOp.Exit, true, false), 0, 0, 0, 0);

    [Fact]
    public void Adds_a_word_of_memory_and_an_immediate()
    {
        using LoadedProgram program = LoadedProgram.LoadPlain(
        [
            new(Opcode.Memory(OpcodeClass.Ldx, AccessMode.Mem, AccessSize.Word), Register.R0, Register.R1, 4, 0),
            new(Opcode.Alu(AluOp.Add, true, false), Register.R0, 0, 0, -1),
            s_exit,
        ]);
        using Executor interpreter = program.CreateExecutor(EngineKind.Interpreter);
        byte[] memory = [0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff];
        fixed (byte* start = memory)
            Assert.Equal(0xffff_fffeUL, interpreter.Invoke(start, (nuint)memory.Length));
        fixed (byte* start = memory)
        {
            nint address = (nint)start;
            var fault = Assert.Throws<ProgramFaultException>(() => interpreter.Invoke((byte*)address, 6));
            Assert.Equal("reads 4 bytes at memory+4, but the memory has 6", fault.Reason);
        }
    }
}
