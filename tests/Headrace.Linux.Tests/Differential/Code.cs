using Headrace.Bytecode;

namespace Headrace.Linux.Tests.Differential;

/// <summary>Instructions by name, for programs written in tests.</summary>
internal static class Code
{
    public static Instruction Exit { get; } = new(Opcode.Jump(JumpOp.Exit, true, false), Register.R0, Register.R0, 0, 0);

    public static Instruction Mov(Register dst, int immediate) => Alu(AluOp.Mov, dst, immediate);

    public static Instruction Mov(Register dst, long immediate) => Alu(AluOp.Mov, dst, (int)immediate);

    public static Instruction Mov(Register dst, Register src) => Alu(AluOp.Mov, dst, src);

    public static Instruction Alu(AluOp op, Register dst, int immediate, bool is64 = true, short offset = 0) =>
        new(Opcode.Alu(op, is64, false), dst, Register.R0, offset, immediate);

    public static Instruction Alu(AluOp op, Register dst, Register src, bool is64 = true, short offset = 0) =>
        new(Opcode.Alu(op, is64, true), dst, src, offset, 0);

    public static Instruction Load(AccessSize size, Register dst, Register src, int offset, bool signed = false) =>
        new(Opcode.Memory(OpcodeClass.Ldx, signed ? AccessMode.MemSx : AccessMode.Mem, size), dst, src, (short)offset, 0);

    public static Instruction Store(AccessSize size, Register dst, int offset, Register src) =>
        new(Opcode.Memory(OpcodeClass.Stx, AccessMode.Mem, size), dst, src, (short)offset, 0);

    public static Instruction Store(AccessSize size, Register dst, int offset, int immediate) =>
        new(Opcode.Memory(OpcodeClass.St, AccessMode.Mem, size), dst, Register.R0, (short)offset, immediate);

    public static Instruction Atomic(AtomicOp op, AccessSize size, Register dst, int offset, Register src) =>
        new(Opcode.Memory(OpcodeClass.Stx, AccessMode.Atomic, size), dst, src, (short)offset, (int)op);

    public static Instruction Jump(JumpOp op, Register dst, int immediate, int offset, bool is64 = true) =>
        new(Opcode.Jump(op, is64, false), dst, Register.R0, (short)offset, immediate);

    public static Instruction Jump(JumpOp op, Register dst, Register src, int offset, bool is64 = true) =>
        new(Opcode.Jump(op, is64, true), dst, src, (short)offset, 0);

    public static Instruction Goto(int offset) => Jump(JumpOp.Ja, Register.R0, 0, offset);

    public static Instruction LongGoto(int offset) => new(Opcode.Jump(JumpOp.Ja, false, false), Register.R0, Register.R0, 0, offset);

    public static Instruction Call(HelperId helper) => new(Opcode.Jump(JumpOp.Call, true, false), Register.R0, (Register)CallKind.Helper, 0, (long)helper);

    public static Instruction CallLocal(int offset) => new(Opcode.Jump(JumpOp.Call, true, false), Register.R0, (Register)CallKind.Local, 0, offset);

    public static Instruction[] Wide(Register dst, long value, WideLoadKind kind = WideLoadKind.Constant) =>
        [new(Opcode.WideLoad, dst, (Register)kind, 0, value), Instruction.WideTail];
}
