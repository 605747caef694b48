using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>What loads, stores and atomic operations have in common.</summary>
internal static class MemoryInstruction
{
    /// <summary>True for a load or store through a register, atomic operations included.</summary>
    public static bool IsAccess(Instruction instruction) => instruction.Opcode.Class is OpcodeClass.Ldx or OpcodeClass.St or OpcodeClass.Stx;

    /// <summary>True for an atomic operation, loads that acquire and stores that release included.</summary>
    public static bool IsAtomic(Instruction instruction) => instruction.Opcode is { Class: OpcodeClass.Stx, Mode: AccessMode.Atomic };

    /// <summary>True when it writes memory.</summary>
    public static bool IsWrite(Instruction instruction) => instruction.Opcode.Class != OpcodeClass.Ldx && !IsAcquire(instruction);

    /// <summary>The register it goes through.</summary>
    public static Register PointerOf(Instruction instruction) => IsWrite(instruction) ? instruction.Dst : instruction.Src;

    private static bool IsAcquire(Instruction instruction) => IsAtomic(instruction) && (AtomicOp)instruction.Imm32 == AtomicOp.LoadAcquire;
}
