using System.Text;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Observe;

[Collection(nameof(TracePipeTests))]
[CollectionDefinition(nameof(TracePipeTests), DisableParallelization = true)]
public class TracePipeTests
{
    [Fact]
    public async Task What_a_program_prints_is_read()
    {
        RequiresKernel.OrSkip();
        using TracePipe pipe = TracePipe.Open(mayMount: true);
        string text = $"headrace {Guid.NewGuid():N}"[..15];
        using KernelProgram program = KernelProgram.Load(Printing(text), []);
        pipe.ReadAvailable();
        program.TestRun(new byte[64], repeat: 3);
        int seen = 0;
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await foreach (string line in pipe.ReadAllAsync(stop.Token))
        {
            if (line.Contains(text, StringComparison.Ordinal) && ++seen == 3)
                break;
        }
        Assert.Equal(3, seen);
    }

    // 15 characters and a zero are two words on the stack.
    private static ProgramSpec Printing(string text)
    {
        byte[] bytes = [.. Encoding.ASCII.GetBytes(text), 0];
        ProgramSpec spec = KernelProgram.ReturnsDrop("prints", ProgramType.Xdp);
        spec.License = "GPL";
        spec.Instructions =
        [
            .. Instruction.LoadWide(Register.R1, BitConverter.ToInt64(bytes, 0)),
            Instruction.Store(AccessSize.Double, Register.R10, -16, Register.R1),
            .. Instruction.LoadWide(Register.R1, BitConverter.ToInt64(bytes, 8)),
            Instruction.Store(AccessSize.Double, Register.R10, -8, Register.R1),
            Instruction.Mov(Register.R1, Register.R10),
            Instruction.Add(Register.R1, -16),
            Instruction.Mov(Register.R2, 16),
            Instruction.Call((HelperId)6), // bpf_trace_printk
            Instruction.Mov(Register.R0, 1),
            Instruction.Exit(),
        ];
        return spec;
    }
}
