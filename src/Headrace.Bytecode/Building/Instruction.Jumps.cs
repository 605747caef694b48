namespace Headrace.Bytecode;

/// <content>Instructions that jump, call and return. Distances count slots from the next instruction.</content>
public readonly partial record struct Instruction
{
    /// <summary><c>if dst op src goto pc+distance</c> on 64 bits.</summary>
    public static Instruction Jump(JumpOp op, Register dst, Register src, short distance) =>
        new(Opcode.Jump(op, is64: true, usesRegister: true), dst, src, distance, 0);

    /// <summary><c>if dst op immediate goto pc+distance</c> on 64 bits, the immediate sign-extended.</summary>
    public static Instruction Jump(JumpOp op, Register dst, int immediate, short distance) =>
        new(Opcode.Jump(op, is64: true, usesRegister: false), dst, 0, distance, immediate);

    /// <summary><c>if dst op src goto pc+distance</c> on the lower halves.</summary>
    public static Instruction Jump32(JumpOp op, Register dst, Register src, short distance) =>
        new(Opcode.Jump(op, is64: false, usesRegister: true), dst, src, distance, 0);

    /// <summary><c>if dst op immediate goto pc+distance</c> on the lower half.</summary>
    public static Instruction Jump32(JumpOp op, Register dst, int immediate, short distance) =>
        new(Opcode.Jump(op, is64: false, usesRegister: false), dst, 0, distance, immediate);

    /// <summary><c>goto pc+distance</c></summary>
    public static Instruction Goto(short distance) => new(Opcode.Jump(JumpOp.Ja, is64: true, usesRegister: false), 0, 0, distance, 0);

    /// <summary><c>gotol pc+distance</c>: beyond the reach of goto.</summary>
    public static Instruction GotoLong(int distance) => new(Opcode.Jump(JumpOp.Ja, is64: false, usesRegister: false), 0, 0, 0, distance);

    /// <summary><c>may_goto pc+distance</c>: jumps once the loop's budget is spent.</summary>
    public static Instruction MayGoto(short distance) => new(Opcode.Jump(JumpOp.Jcond, is64: true, usesRegister: false), 0, 0, distance, 0);

    /// <summary>Calls a helper.</summary>
    public static Instruction Call(HelperId helper) => MakeCall(CallKind.Helper, (int)helper);

    /// <summary><c>call pc+distance</c>: a local function.</summary>
    public static Instruction CallLocal(int distance) => MakeCall(CallKind.Local, distance);

    /// <summary>Calls a kernel function by its BTF id.</summary>
    public static Instruction CallKfunc(int btfId) => MakeCall(CallKind.Kfunc, btfId);

    /// <summary><c>exit</c></summary>
    public static Instruction Exit() => new(Opcode.Jump(JumpOp.Exit, is64: true, usesRegister: false), 0, 0, 0, 0);

    private static Instruction MakeCall(CallKind kind, int immediate) =>
        new(Opcode.Jump(JumpOp.Call, is64: true, usesRegister: false), 0, (Register)kind, 0, immediate);
}
