using Headrace.Bytecode;

namespace Headrace.Ports;

/// <summary>The instructions of a <see cref="SteeringProgram"/>.</summary>
internal static class SteeringCode
{
    private const short DataOffset = 0, DataEndOffset = 4, QueueOffset = 16; // struct xdp_md, include/uapi/linux/bpf.h

    /// <summary>Takes packets that any filter wants, all where there is none; the others pass.</summary>
    /// <exception cref="BytecodeException">A filter wants what an XDP program cannot see.</exception>
    public static Instruction[] Build(IReadOnlyList<FlowFilter> flows)
    {
        const string Take = "take";
        ProgramBuilder builder = new ProgramBuilder().Add(Instruction.Mov(Register.R6, Register.R1));
        if (flows.Count > 0)
        {
            builder.Add(
                Instruction.Load(AccessSize.Word, ClassicTranslator.Packet, Register.R6, DataOffset),
                Instruction.Load(AccessSize.Word, ClassicTranslator.PacketEnd, Register.R6, DataEndOffset));
            for (int i = 0; i < flows.Count; i++)
            {
                builder.Label($"flow{i}");
                ClassicTranslator.Append(builder, [.. flows[i].Instructions], $"flow{i}", Take, $"flow{i + 1}");
            }
            builder.Label($"flow{flows.Count}").Add(Instruction.Mov(Register.R0, (int)XdpAction.Pass), Instruction.Exit());
        }
        return builder.Label(Take)
            .Add(Instruction.Load(AccessSize.Word, Register.R2, Register.R6, QueueOffset))
            .Add(Instruction.LoadMap(Register.R1, 0))
            .Add(Instruction.Mov(Register.R3, (int)XdpAction.Pass)) // where no socket is bound
            .Add(Instruction.Call(HelperId.RedirectMap))
            .Add(Instruction.Exit())
            .Build();
    }
}
