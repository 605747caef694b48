namespace Headrace.Bytecode;

/// <summary>The first byte of an instruction and the fields inside it (RFC 9669, sections 3 to 5).</summary>
/// <param name="Value">The byte.</param>
public readonly record struct Opcode(byte Value)
{
    /// <summary>The opcode of a 64-bit immediate load, the only instruction of two slots.</summary>
    public static readonly Opcode WideLoad = new((byte)OpcodeClass.Ld | (byte)AccessSize.Double | (byte)AccessMode.Imm);

    /// <summary>The instruction class.</summary>
    public OpcodeClass Class => (OpcodeClass)(Value & 0x07);

    /// <summary>True for 32- and 64-bit arithmetic.</summary>
    public bool IsAlu => Class is OpcodeClass.Alu or OpcodeClass.Alu64;

    /// <summary>True for every class of jump, call and exit.</summary>
    public bool IsJump => Class is OpcodeClass.Jmp or OpcodeClass.Jmp32;

    /// <summary>True for loads and stores.</summary>
    public bool IsMemory => !IsAlu && !IsJump;

    /// <summary>True when the class works on 32 bits (ALU or JMP32).</summary>
    public bool Is32 => Class is OpcodeClass.Alu or OpcodeClass.Jmp32;

    /// <summary>True when the second operand of arithmetic or a jump is the source register.</summary>
    public bool UsesRegister => (Value & 0x08) != 0;

    /// <summary>The operation of an arithmetic opcode.</summary>
    public AluOp AluOp => (AluOp)(Value & 0xf0);

    /// <summary>The operation of a jump opcode.</summary>
    public JumpOp JumpOp => (JumpOp)(Value & 0xf0);

    /// <summary>The width of a load or store.</summary>
    public AccessSize Size => (AccessSize)(Value & 0x18);

    /// <summary>The width of a load or store in bytes: 1, 2, 4 or 8.</summary>
    public int SizeInBytes => Size switch
    {
        AccessSize.Byte => 1,
        AccessSize.Half => 2,
        AccessSize.Word => 4,
        _ => 8,
    };

    /// <summary>The addressing mode of a load or store.</summary>
    public AccessMode Mode => (AccessMode)(Value & 0xe0);

    /// <summary>True for the 64-bit immediate load, which takes two slots.</summary>
    public bool IsWideLoad => this == WideLoad;

    /// <summary>Puts together an arithmetic opcode.</summary>
    public static Opcode Alu(AluOp op, bool is64, bool usesRegister) =>
        new((byte)((byte)op | (usesRegister ? 0x08 : 0) | (byte)(is64 ? OpcodeClass.Alu64 : OpcodeClass.Alu)));

    /// <summary>Puts together a jump opcode.</summary>
    public static Opcode Jump(JumpOp op, bool is64, bool usesRegister) =>
        new((byte)((byte)op | (usesRegister ? 0x08 : 0) | (byte)(is64 ? OpcodeClass.Jmp : OpcodeClass.Jmp32)));

    /// <summary>Puts together a load or store opcode.</summary>
    public static Opcode Memory(OpcodeClass @class, AccessMode mode, AccessSize size) => new((byte)((byte)@class | (byte)mode | (byte)size));
}
