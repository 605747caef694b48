namespace Headrace.Bytecode;

/// <summary>Instruction class: the low three bits of an opcode (RFC 9669, table 3).</summary>
public enum OpcodeClass : byte
{
    /// <summary>Non-standard loads: 64-bit immediates and legacy packet access.</summary>
    Ld = 0,
    /// <summary>Loads into a register.</summary>
    Ldx = 1,
    /// <summary>Stores of an immediate.</summary>
    St = 2,
    /// <summary>Stores of a register, and atomics.</summary>
    Stx = 3,
    /// <summary>32-bit arithmetic.</summary>
    Alu = 4,
    /// <summary>64-bit jumps, calls and exit.</summary>
    Jmp = 5,
    /// <summary>32-bit jumps.</summary>
    Jmp32 = 6,
    /// <summary>64-bit arithmetic.</summary>
    Alu64 = 7,
}
