namespace Headrace.Bytecode;

/// <content>Instructions of arithmetic.</content>
public readonly partial record struct Instruction
{
    /// <summary><c>dst = src</c></summary>
    public static Instruction Mov(Register dst, Register src) => Alu64(AluOp.Mov, dst, src);

    /// <summary><c>dst = immediate</c>, sign-extended.</summary>
    public static Instruction Mov(Register dst, int immediate) => Alu64(AluOp.Mov, dst, immediate);

    /// <summary><c>dst = src</c> of the lower halves; the upper half of dst becomes zero.</summary>
    public static Instruction Mov32(Register dst, Register src) => Alu32(AluOp.Mov, dst, src);

    /// <summary><c>dst = immediate</c> in the lower half; the upper half of dst becomes zero.</summary>
    public static Instruction Mov32(Register dst, int immediate) => Alu32(AluOp.Mov, dst, immediate);

    /// <summary><c>dst = (sN)src</c>: the low <paramref name="bits"/> (8, 16 or 32) of src, sign-extended to 64.</summary>
    public static Instruction MovSx(Register dst, Register src, int bits) => Alu64(AluOp.Mov, dst, src) with { Offset = (short)bits };

    /// <summary><c>dst = (sN)src</c>: the low <paramref name="bits"/> (8 or 16) of src, sign-extended to 32; the upper half of dst becomes zero.</summary>
    public static Instruction MovSx32(Register dst, Register src, int bits) => Alu32(AluOp.Mov, dst, src) with { Offset = (short)bits };

    /// <summary><c>dst op= src</c> on 64 bits; <paramref name="signed"/> chooses signed division and remainder.</summary>
    public static Instruction Alu64(AluOp op, Register dst, Register src, bool signed = false) =>
        new(Opcode.Alu(op, is64: true, usesRegister: true), dst, src, (short)(signed ? 1 : 0), 0);

    /// <summary><c>dst op= immediate</c> on 64 bits, the immediate sign-extended.</summary>
    public static Instruction Alu64(AluOp op, Register dst, int immediate, bool signed = false) =>
        new(Opcode.Alu(op, is64: true, usesRegister: false), dst, 0, (short)(signed ? 1 : 0), immediate);

    /// <summary><c>dst op= src</c> on the lower halves; the upper half of dst becomes zero.</summary>
    public static Instruction Alu32(AluOp op, Register dst, Register src, bool signed = false) =>
        new(Opcode.Alu(op, is64: false, usesRegister: true), dst, src, (short)(signed ? 1 : 0), 0);

    /// <summary><c>dst op= immediate</c> on the lower half; the upper half of dst becomes zero.</summary>
    public static Instruction Alu32(AluOp op, Register dst, int immediate, bool signed = false) =>
        new(Opcode.Alu(op, is64: false, usesRegister: false), dst, 0, (short)(signed ? 1 : 0), immediate);

    /// <summary><c>dst += immediate</c></summary>
    public static Instruction Add(Register dst, int immediate) => Alu64(AluOp.Add, dst, immediate);

    /// <summary><c>dst += src</c></summary>
    public static Instruction Add(Register dst, Register src) => Alu64(AluOp.Add, dst, src);

    /// <summary><c>dst = -dst</c></summary>
    public static Instruction Neg(Register dst) => Alu64(AluOp.Neg, dst, 0);

    /// <summary><c>dst = -dst</c> on the lower half.</summary>
    public static Instruction Neg32(Register dst) => Alu32(AluOp.Neg, dst, 0);

    /// <summary><c>dst = beN dst</c>: from host order to big endian, or back; <paramref name="bits"/> is 16, 32 or 64.</summary>
    public static Instruction ToBigEndian(Register dst, int bits) => new(Opcode.Alu(AluOp.End, is64: false, usesRegister: true), dst, 0, 0, bits);

    /// <summary><c>dst = leN dst</c>: from host order to little endian, or back; <paramref name="bits"/> is 16, 32 or 64.</summary>
    public static Instruction ToLittleEndian(Register dst, int bits) => new(Opcode.Alu(AluOp.End, is64: false, usesRegister: false), dst, 0, 0, bits);

    /// <summary><c>dst = bswapN dst</c>: swaps bytes on any host; <paramref name="bits"/> is 16, 32 or 64.</summary>
    public static Instruction ByteSwap(Register dst, int bits) => new(Opcode.Alu(AluOp.End, is64: true, usesRegister: false), dst, 0, 0, bits);
}
