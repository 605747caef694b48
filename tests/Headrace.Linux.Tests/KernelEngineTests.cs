using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Linux.Tests.Differential;
using Headrace.Objects;
using static Headrace.Bytecode.Register;

namespace Headrace.Linux.Tests;

public sealed unsafe class KernelEngineTests : IDisposable
{
    private readonly PacketBurst _burst = new(4);

    public KernelEngineTests() => RequiresKernel.OrSkip();

    public void Dispose() => _burst.Dispose();

    [Fact]
    public void A_burst_gets_a_verdict_for_each_packet()
    {
        Run([Code.Load(AccessSize.Word, R1, R1, 0), Code.Mov(R0, (long)XdpAction.Tx), Code.Exit], new byte[60], new byte[1514], new byte[14]);
        for (int i = 0; i < _burst.Count; i++)
            Assert.Equal((uint)XdpAction.Tx, _burst.Frames[i].Verdict);
    }

    [Theory, InlineData(13, "shorter than an Ethernet header"), InlineData(KernelPacketRule.MaxLinearXdp + 1, "does not fit the kernel's page")]
    public void A_packet_the_kernel_does_not_take_is_refused_in_words(int length, string reason)
    {
        HeadraceException error = Assert.Throws<HeadraceException>(() => Run([Code.Mov(R0, 2), Code.Exit], new byte[length]));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains($"{length} bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_longest_packet_that_is_taken_is_seen_whole()
    {
        Instruction[] length =
        [
            Code.Load(AccessSize.Word, R2, R1, 0), Code.Load(AccessSize.Word, R0, R1, 4), Code.Alu(AluOp.Sub, R0, R2), Code.Exit,
        ];
        Run(length, new byte[KernelPacketRule.MaxLinearXdp]);
        Assert.Equal((uint)KernelPacketRule.MaxLinearXdp, _burst.Frames->Verdict);
    }

    [Fact]
    public void Headers_pushed_come_back_with_the_packet()
    {
        byte[] packet = [.. Enumerable.Range(0, 60).Select(i => (byte)i)];
        Run([Code.Mov(R2, -8), Code.Call(HelperId.XdpAdjustHead), Code.Mov(R0, 2), Code.Exit], packet);
        Assert.Equal(68, _burst.Frames->Length);
        Assert.Equal(packet, _burst[0][8..].ToArray());
    }

    [Fact]
    public void Metadata_stands_in_front_of_the_packet()
    {
        Instruction[] program =
        [
            Code.Mov(R6, R1),
            Code.Mov(R2, -4),
            Code.Call(HelperId.XdpAdjustMeta),
            Code.Load(AccessSize.Word, R1, R6, 8),
            Code.Load(AccessSize.Word, R2, R6, 0),
            Code.Mov(R3, R1),
            Code.Alu(AluOp.Add, R3, 4),
            Code.Jump(JumpOp.Jgt, R3, R2, 1),
            Code.Store(AccessSize.Word, R1, 0, 0x12345678),
            Code.Mov(R0, 2),
            Code.Exit,
        ];
        byte[] packet = [.. Enumerable.Range(0, 60).Select(i => (byte)i)];
        Run(program, packet);
        Assert.Equal(4, _burst.Frames->Data - _burst.Frames->Meta);
        Assert.Equal(0x12345678, *(int*)_burst.Frames->Meta);
        Assert.Equal(packet, _burst[0].ToArray());
    }

    private void Run(Instruction[] instructions, params byte[][] packets)
    {
        var spec = new ProgramSpec { Name = "test", Type = ProgramType.Xdp, License = "GPL", Instructions = instructions };
        using KernelProgram program = KernelProgram.Load(spec, []);
        using var engine = new KernelEngine(program);
        foreach (byte[] packet in packets)
            _burst.Add(packet);
        engine.Run(_burst.Frames, _burst.Count);
    }
}
