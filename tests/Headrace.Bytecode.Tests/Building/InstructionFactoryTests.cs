using static Headrace.Bytecode.Register;

namespace Headrace.Bytecode.Tests.Building;

public class InstructionFactoryTests
{
    public static TheoryData<string, Instruction> Cases => new()
    {
        { "r1 = r2", Instruction.Mov(R1, R2) },
        { "r1 = -3", Instruction.Mov(R1, -3) },
        { "w1 = w2", Instruction.Mov32(R1, R2) },
        { "w1 = 7", Instruction.Mov32(R1, 7) },
        { "r1 = (s32)r2", Instruction.MovSx(R1, R2, 32) },
        { "w1 = (s8)w2", Instruction.MovSx32(R1, R2, 8) },
        { "r1 s/= r2", Instruction.Alu64(AluOp.Div, R1, R2, signed: true) },
        { "w1 s%= 5", Instruction.Alu32(AluOp.Mod, R1, 5, signed: true) },
        { "r1 += 4", Instruction.Add(R1, 4) },
        { "r1 += r3", Instruction.Add(R1, R3) },
        { "r1 = -r1", Instruction.Neg(R1) },
        { "w1 = -w1", Instruction.Neg32(R1) },
        { "r1 = be16 r1", Instruction.ToBigEndian(R1, 16) },
        { "r1 = le32 r1", Instruction.ToLittleEndian(R1, 32) },
        { "r1 = bswap64 r1", Instruction.ByteSwap(R1, 64) },
        { "r1 = *(u16 *)(r2 +12)", Instruction.Load(AccessSize.Half, R1, R2, 12) },
        { "r1 = *(s8 *)(r2 -1)", Instruction.LoadSigned(AccessSize.Byte, R1, R2, -1) },
        { "*(u64 *)(r10 -8) = r1", Instruction.Store(AccessSize.Double, R10, -8, R1) },
        { "*(u32 *)(r10 -8) = 5", Instruction.Store(AccessSize.Word, R10, -8, 5) },
        { "r1 = atomic64_fetch_add((u64 *)(r10 -8), r1)", Instruction.Atomic(AtomicOp.FetchAdd, AccessSize.Double, R10, -8, R1) },
        { "r1 = load_acquire((u8 *)(r2 +0))", Instruction.LoadAcquire(AccessSize.Byte, R1, R2, 0) },
        { "store_release((u16 *)(r2 +0), r1)", Instruction.StoreRelease(AccessSize.Half, R2, 0, R1) },
        { "r0 = *(u8 *)skb[14]", Instruction.LoadPacket(AccessSize.Byte, 14) },
        { "r0 = *(u16 *)skb[r7 + 2]", Instruction.LoadPacket(AccessSize.Half, R7, 2) },
        { "r1 = 0x1122334455667788 ll", Instruction.LoadWide(R1, 0x1122334455667788)[0] },
        { "r1 = map[idx:2] ll", Instruction.LoadMap(R1, 2)[0] },
        { "r1 = map[idx:2][0]+8 ll", Instruction.LoadMapValue(R1, 2, 8)[0] },
        { "r1 = subprog[-2] ll", Instruction.LoadFunction(R1, -2)[0] },
        { "if r1 s> r2 goto pc+3", Instruction.Jump(JumpOp.Jsgt, R1, R2, 3) },
        { "if r1 & 0x10 goto pc-3", Instruction.Jump(JumpOp.Jset, R1, 16, -3) },
        { "if w1 < w2 goto pc+3", Instruction.Jump32(JumpOp.Jlt, R1, R2, 3) },
        { "if w1 == 0xffffffff goto pc+3", Instruction.Jump32(JumpOp.Jeq, R1, -1, 3) },
        { "goto pc+1", Instruction.Goto(1) },
        { "gotol pc+100000", Instruction.GotoLong(100_000) },
        { "may_goto pc+2", Instruction.MayGoto(2) },
        { "call bpf_redirect#23", Instruction.Call(HelperId.Redirect) },
        { "call pc+5", Instruction.CallLocal(5) },
        { "call kernel-function#77", Instruction.CallKfunc(77) },
        { "exit", Instruction.Exit() },
    };

    [Theory, MemberData(nameof(Cases))]
    public void A_factory_makes_the_instruction_it_names(string text, Instruction instruction)
    {
        Assert.Equal(text, Disassembler.Format(instruction));
        Assert.Null(InstructionValidator.Check(instruction));
    }

    [Fact]
    public void A_builder_resolves_labels_both_ways()
    {
        Instruction[] program = new ProgramBuilder()
            .To("double", Instruction.LoadFunction(R6, 0))
            .Add(Instruction.Mov(R1, 3))
            .Label("loop")
            .To("out", Instruction.Jump(JumpOp.Jeq, R1, 0, 0))
            .Add(Instruction.LoadWide(R2, -1))
            .Add(Instruction.Add(R1, -1))
            .To("loop", Instruction.GotoLong(0))
            .Label("out")
            .To("double", Instruction.CallLocal(0))
            .Add(Instruction.Exit())
            .Label("double")
            .Add(Instruction.Mov(R0, 4), Instruction.Exit())
            .Build();
        Assert.Equal(Assembler.Assemble("""
            r6 = subprog[double] ll
            r1 = 3
            loop: if r1 == 0 goto out
            r2 = -1 ll
            r1 += -1
            gotol loop
            out: call double
            exit
            double: r0 = 4
            exit
            """), program);
        InstructionValidator.Validate(program);
    }

    [Fact]
    public void A_builder_refuses_what_cannot_be_resolved()
    {
        Assert.Contains("not defined", Assert.Throws<BytecodeException>(() => new ProgramBuilder().To("x", Instruction.Goto(0)).Build()).Reason);
        Assert.Contains("no slot", Assert.Throws<BytecodeException>(() => new ProgramBuilder().Label("x").To("x", Instruction.Exit()).Build()).Reason);
        var far = new ProgramBuilder().Label("x");
        for (int i = 0; i < 40_000; i++)
            far.Add(Instruction.Mov(R0, 0));
        Assert.Contains("40001", Assert.Throws<BytecodeException>(() => far.To("x", Instruction.Goto(0)).Build()).Reason);
        Assert.Throws<ArgumentException>(() => new ProgramBuilder().Label("x").Label("x"));
    }
}
