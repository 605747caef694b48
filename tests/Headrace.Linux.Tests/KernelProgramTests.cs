using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Linux.Tests;

public class KernelProgramTests
{
    private static readonly Instruction s_exit = new(Opcode.Jump(JumpOp.Exit, true, false), Register.R0, Register.R0, 0, 0);

    public KernelProgramTests() => RequiresKernel.OrSkip();

    [Fact]
    public void A_program_that_returns_is_loaded_and_run()
    {
        using KernelProgram program = KernelProgram.Load(KernelProgram.ReturnsDrop("drop", ProgramType.Xdp), []);
        byte[] packet = new byte[60];
        packet[12] = 8;
        TestRunResult result = program.TestRun(packet);
        Assert.Equal((uint)XdpAction.Drop, result.ReturnValue);
        Assert.Equal(packet, result.Packet);
    }

    [Fact]
    public void A_refused_program_says_why_with_the_verifiers_log()
    {
        ProgramSpec spec = KernelProgram.ReturnsDrop("bad", ProgramType.Xdp);
        spec.Instructions = [new Instruction(Opcode.Memory(OpcodeClass.Ldx, AccessMode.Mem, AccessSize.Word), Register.R0, Register.R5, 0, 0), s_exit];
        KernelException error = Assert.Throws<KernelException>(() => KernelProgram.Load(spec, []));
        Assert.Equal("BPF_PROG_LOAD", error.Call);
        Assert.Equal("EACCES", error.ErrnoName);
        Assert.Contains("R5 !read_ok", error.Log, StringComparison.Ordinal);
        Assert.Contains("program 'bad'", error.Message, StringComparison.Ordinal);
        Assert.Contains("R5 !read_ok", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_longer_than_the_first_buffer_is_whole()
    {
        ProgramSpec spec = KernelProgram.ReturnsDrop("long", ProgramType.Xdp);
        Instruction add = new(Opcode.Alu(AluOp.Add, true, false), Register.R0, Register.R0, 0, 1);
        spec.Instructions = [spec.Instructions[0], .. Enumerable.Repeat(add, 20_000), s_exit with { Src = Register.R1 }];
        KernelException error = Assert.Throws<KernelException>(() => KernelProgram.Load(spec, [], logLevel: 2));
        Assert.NotEmpty(error.Log);

        spec.Instructions[^1] = s_exit;
        using KernelProgram program = KernelProgram.Load(spec, [], logLevel: 2);
        Assert.Contains("processed 20002 insns", program.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void Measured_time_grows_with_the_program()
    {
        ProgramSpec spec = KernelProgram.ReturnsDrop("slow", ProgramType.Xdp);
        Instruction divide = new(Opcode.Alu(AluOp.Div, true, true), Register.R0, Register.R0, 0, 0);
        spec.Instructions = [spec.Instructions[0], .. Enumerable.Repeat(divide, 500), s_exit];
        using KernelProgram program = KernelProgram.Load(spec, []);
        KernelRunTime time = program.MeasureNanosecondsPerRun(new byte[64], 20_000);
        Assert.True(time.Net > 100, $"500 divisions took {time.Net} ns");
        Assert.True(time.Total > time.Loop);
    }
}
