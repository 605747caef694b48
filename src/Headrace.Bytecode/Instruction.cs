using System.Buffers.Binary;

namespace Headrace.Bytecode;

/// <summary>One eBPF instruction: 8 bytes, or 16 for a 64-bit immediate (RFC 9669, section 3).</summary>
/// <remarks>
/// Programs are arrays indexed by slot, as the kernel counts: a wide load stands at slot i with its whole 64-bit immediate,
/// and slot i + 1 holds <see cref="WideTail"/>. Jump offsets, log lines and line information all use slot numbers.
/// </remarks>
/// <param name="Opcode">What it does.</param>
/// <param name="Dst">Destination register field, 0 to 15 as encoded; above 10 is invalid.</param>
/// <param name="Src">Source register field, 0 to 15 as encoded; for wide loads and calls it says what the immediate means.</param>
/// <param name="Offset">Jump distance in slots, or displacement of an access in bytes.</param>
/// <param name="Immediate">The immediate, sign-extended from 32 bits; all 64 bits for a wide load.</param>
public readonly partial record struct Instruction(Opcode Opcode, Register Dst, Register Src, short Offset, long Immediate)
{
    /// <summary>Bytes of one slot.</summary>
    public const int SlotSize = 8;

    /// <summary>What stands in the second slot of a wide load. It is never executed.</summary>
    public static readonly Instruction WideTail;

    /// <summary>Encoded size in bytes: 8 or 16.</summary>
    public int Size => Opcode.IsWideLoad ? 16 : 8;

    /// <summary>Encoded size in slots: 1 or 2.</summary>
    public int Slots => Opcode.IsWideLoad ? 2 : 1;

    /// <summary>The immediate as the 32-bit field of the encoding.</summary>
    public int Imm32 => (int)Immediate;

    /// <summary>What the immediate of a wide load means.</summary>
    public WideLoadKind WideLoadKind => (WideLoadKind)Src;

    /// <summary>What the immediate of a call means.</summary>
    public CallKind CallKind => (CallKind)Src;

    /// <summary>True for calls of any kind.</summary>
    public bool IsCall => Opcode.Value == ((byte)OpcodeClass.Jmp | (byte)JumpOp.Call);

    /// <summary>True for exit.</summary>
    public bool IsExit => Opcode.Value == ((byte)OpcodeClass.Jmp | (byte)JumpOp.Exit);

    /// <summary>Writes one program, slot by slot, in the byte order of this machine's kernel (little endian).</summary>
    /// <returns>8 bytes a slot.</returns>
    /// <exception cref="BytecodeException">A wide load without its second slot.</exception>
    public static byte[] Encode(ReadOnlySpan<Instruction> program)
    {
        byte[] bytes = new byte[program.Length * SlotSize];
        for (int slot = 0; slot < program.Length; slot++)
        {
            Instruction instruction = program[slot];
            instruction.EncodeSlot(bytes.AsSpan(slot * SlotSize), instruction.Imm32);
            if (!instruction.Opcode.IsWideLoad)
                continue;
            if (slot + 1 >= program.Length || program[slot + 1] != WideTail)
                throw new BytecodeException(slot, "a 64-bit immediate needs its second slot");
            slot++;
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(slot * SlotSize + 4), (int)(instruction.Immediate >> 32));
        }
        return bytes;
    }

    /// <summary>Reads a program of 8-byte slots in little-endian order.</summary>
    /// <returns>One element a slot; see the remarks of <see cref="Instruction"/> on wide loads.</returns>
    /// <exception cref="BytecodeException">The length is no multiple of 8, or a 64-bit immediate is cut off or has a second slot with fields set.</exception>
    public static Instruction[] Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % SlotSize != 0)
            throw new BytecodeException(bytes.Length / SlotSize, $"{bytes.Length} bytes are no whole number of 8-byte instructions");
        var program = new Instruction[bytes.Length / SlotSize];
        for (int slot = 0; slot < program.Length; slot++)
        {
            Instruction instruction = DecodeSlot(bytes[(slot * SlotSize)..]);
            program[slot] = instruction;
            if (!instruction.Opcode.IsWideLoad)
                continue;
            if (slot + 1 >= program.Length)
                throw new BytecodeException(slot, "a 64-bit immediate is cut off: its second slot is missing");
            Instruction tail = DecodeSlot(bytes[((slot + 1) * SlotSize)..]);
            if (tail with { Immediate = 0 } != WideTail)
                throw new BytecodeException(slot + 1, "the second slot of a 64-bit immediate must be zero but for its immediate");
            program[slot] = instruction with { Immediate = (long)((ulong)(uint)instruction.Imm32 | ((ulong)(uint)tail.Imm32 << 32)) };
            slot++;
        }
        return program;
    }

    private static Instruction DecodeSlot(ReadOnlySpan<byte> slot) => new(
        new Opcode(slot[0]),
        (Register)(slot[1] & 0x0f),
        (Register)(slot[1] >> 4),
        BinaryPrimitives.ReadInt16LittleEndian(slot[2..]),
        BinaryPrimitives.ReadInt32LittleEndian(slot[4..]));

    private void EncodeSlot(Span<byte> slot, int immediate)
    {
        slot[0] = Opcode.Value;
        slot[1] = (byte)((byte)Dst | ((byte)Src << 4));
        BinaryPrimitives.WriteInt16LittleEndian(slot[2..], Offset);
        BinaryPrimitives.WriteInt32LittleEndian(slot[4..], immediate);
    }
}
