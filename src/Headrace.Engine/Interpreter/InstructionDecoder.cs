using Headrace.Bytecode;

namespace Headrace.Engine;

/// <summary>Turns checked instructions into what the interpreter runs.</summary>
internal static unsafe class InstructionDecoder
{
    /// <summary>Decodes a program that <see cref="ProgramChecker"/> accepted, slot by slot.</summary>
    public static void Decode(LoadedProgram program, Span<DecodedInstruction> decoded)
    {
        ReadOnlySpan<Instruction> instructions = program.Instructions;
        for (int slot = 0; slot < instructions.Length; slot += instructions[slot].Slots)
            decoded[slot] = Decode(program, instructions[slot], slot);
    }

    private static DecodedInstruction Decode(LoadedProgram program, Instruction instruction, int slot)
    {
        var decoded = new DecodedInstruction
        {
            Dst = (byte)instruction.Dst,
            Src = (byte)instruction.Src,
            Offset = instruction.Offset,
            Immediate = instruction.Immediate,
        };
        switch (instruction.Opcode.Class)
        {
            case OpcodeClass.Alu or OpcodeClass.Alu64:
                DecodeArithmetic(instruction, ref decoded);
                break;
            case OpcodeClass.Jmp or OpcodeClass.Jmp32:
                DecodeJump(program, instruction, slot, ref decoded);
                break;
            case OpcodeClass.Ld:
                DecodeLoad(program, instruction, slot, ref decoded);
                break;
            case OpcodeClass.Ldx:
                decoded.Operation = LoadOf(instruction.Opcode);
                break;
            case OpcodeClass.Stx when instruction.Opcode.Mode == AccessMode.Atomic:
                DecodeAtomic(instruction, ref decoded);
                break;
            case OpcodeClass.St or OpcodeClass.Stx:
                decoded.Operation = StoreOf(instruction.Opcode);
                break;
        }
        return decoded;
    }

    /// <summary>The operation of a width and a kind of operand, given the one of 64 bits and an immediate.</summary>
    private static Operation Variant(Operation first, Opcode opcode) =>
        (Operation)((int)first + (opcode.Is32 ? 2 : 0) + (opcode.UsesRegister ? 1 : 0));

    private static void DecodeArithmetic(Instruction instruction, ref DecodedInstruction decoded)
    {
        Opcode opcode = instruction.Opcode;
        bool signed = instruction.Offset == 1;
        decoded.Offset = 0;
        switch (opcode.AluOp)
        {
            case AluOp.Neg:
                decoded.Operation = opcode.Is32 ? Operation.Neg32 : Operation.Neg64;
                return;
            case AluOp.End:
                decoded.Operation = SwapOf(instruction);
                return;
            case AluOp.Mov when instruction.Offset != 0:
                decoded.Operation = (instruction.Offset, opcode.Is32) switch
                {
                    (8, false) => Operation.MovSx8To64,
                    (16, false) => Operation.MovSx16To64,
                    (32, false) => Operation.MovSx32To64,
                    (8, true) => Operation.MovSx8To32,
                    _ => Operation.MovSx16To32,
                };
                return;
            case AluOp.Lsh or AluOp.Rsh or AluOp.Arsh when !opcode.UsesRegister:
                decoded.Immediate &= opcode.Is32 ? 31 : 63;
                break;
        }
        decoded.Operation = Variant(opcode.AluOp switch
        {
            AluOp.Add => Operation.Add64K,
            AluOp.Sub => Operation.Sub64K,
            AluOp.Mul => Operation.Mul64K,
            AluOp.Div => signed ? Operation.SDiv64K : Operation.Div64K,
            AluOp.Mod => signed ? Operation.SMod64K : Operation.Mod64K,
            AluOp.Or => Operation.Or64K,
            AluOp.And => Operation.And64K,
            AluOp.Xor => Operation.Xor64K,
            AluOp.Lsh => Operation.Lsh64K,
            AluOp.Rsh => Operation.Rsh64K,
            AluOp.Arsh => Operation.Arsh64K,
            _ => Operation.Mov64K,
        }, opcode);
    }

    // The register's byte order is little endian here, so that "to little endian" only cuts off what is above the width.
    private static Operation SwapOf(Instruction instruction)
    {
        bool swaps = !instruction.Opcode.Is32 || instruction.Opcode.UsesRegister;
        return (instruction.Imm32, swaps) switch
        {
            (16, true) => Operation.Swap16,
            (32, true) => Operation.Swap32,
            (64, true) => Operation.Swap64,
            (16, false) => Operation.ToLe16,
            (32, false) => Operation.ToLe32,
            _ => Operation.Nop,
        };
    }

    private static void DecodeJump(LoadedProgram program, Instruction instruction, int slot, ref DecodedInstruction decoded)
    {
        Opcode opcode = instruction.Opcode;
        switch (opcode.JumpOp)
        {
            case JumpOp.Ja:
                decoded.Operation = Operation.Jump;
                decoded.Offset = opcode.Is32 ? instruction.Imm32 : instruction.Offset;
                return;
            case JumpOp.Jcond:
                decoded.Operation = Operation.MayGoto;
                return;
            case JumpOp.Exit:
                decoded.Operation = Operation.Exit;
                return;
            case JumpOp.Call:
                DecodeCall(program, instruction, slot, ref decoded);
                return;
        }
        decoded.Operation = Variant(opcode.JumpOp switch
        {
            JumpOp.Jeq => Operation.Jeq64K,
            JumpOp.Jne => Operation.Jne64K,
            JumpOp.Jgt => Operation.Jgt64K,
            JumpOp.Jge => Operation.Jge64K,
            JumpOp.Jlt => Operation.Jlt64K,
            JumpOp.Jle => Operation.Jle64K,
            JumpOp.Jsgt => Operation.Jsgt64K,
            JumpOp.Jsge => Operation.Jsge64K,
            JumpOp.Jslt => Operation.Jslt64K,
            JumpOp.Jsle => Operation.Jsle64K,
            _ => Operation.Jset64K,
        }, opcode);
    }

    private static void DecodeCall(LoadedProgram program, Instruction instruction, int slot, ref DecodedInstruction decoded)
    {
        if (instruction.CallKind == CallKind.Local)
        {
            decoded.Operation = Operation.CallLocal;
            decoded.Offset = instruction.Imm32;
            decoded.Immediate = program.FunctionLength(slot + 1 + instruction.Imm32);
            return;
        }
        var id = (HelperId)instruction.Imm32;
        if (program.IsPlain)
        {
            decoded.Operation = Operation.CallIdentity;
            return;
        }
        if (id == HelperId.TailCall)
        {
            decoded.Operation = Operation.TailCall;
            return;
        }
        HelperTable.TryGet(id, out HelperEntry entry);
        decoded.Operation = Operation.CallHelper;
        decoded.Immediate = (long)entry.Function;
    }

    private static void DecodeLoad(LoadedProgram program, Instruction instruction, int slot, ref DecodedInstruction decoded)
    {
        if (!instruction.Opcode.IsWideLoad)
        {
            decoded.Operation = instruction.Opcode.Mode == AccessMode.Abs ? Operation.LoadPacketAbsolute : Operation.LoadPacketIndirect;
            decoded.Offset = instruction.Opcode.SizeInBytes;
            return;
        }
        decoded.Operation = Operation.WideLoad;
        decoded.Immediate = (long)program.WideValue(slot);
    }

    private static Operation LoadOf(Opcode opcode) => (opcode.Mode, opcode.Size) switch
    {
        (AccessMode.MemSx, AccessSize.Byte) => Operation.LoadSignedByte,
        (AccessMode.MemSx, AccessSize.Half) => Operation.LoadSignedHalf,
        (AccessMode.MemSx, _) => Operation.LoadSignedWord,
        (_, AccessSize.Byte) => Operation.LoadByte,
        (_, AccessSize.Half) => Operation.LoadHalf,
        (_, AccessSize.Word) => Operation.LoadWord,
        _ => Operation.LoadDouble,
    };

    private static Operation StoreOf(Opcode opcode) => (opcode.Class == OpcodeClass.Stx, opcode.Size) switch
    {
        (false, AccessSize.Byte) => Operation.StoreByteK,
        (false, AccessSize.Half) => Operation.StoreHalfK,
        (false, AccessSize.Word) => Operation.StoreWordK,
        (false, _) => Operation.StoreDoubleK,
        (true, AccessSize.Byte) => Operation.StoreByteX,
        (true, AccessSize.Half) => Operation.StoreHalfX,
        (true, AccessSize.Word) => Operation.StoreWordX,
        (true, _) => Operation.StoreDoubleX,
    };

    private static void DecodeAtomic(Instruction instruction, ref DecodedInstruction decoded)
    {
        int size = instruction.Opcode.SizeInBytes;
        switch ((AtomicOp)instruction.Imm32)
        {
            case AtomicOp.LoadAcquire:
                decoded.Operation = Operation.LoadAcquire;
                decoded.Immediate = size;
                break;
            case AtomicOp.StoreRelease:
                decoded.Operation = Operation.StoreRelease;
                decoded.Immediate = size;
                break;
            default:
                decoded.Operation = size == sizeof(ulong) ? Operation.Atomic64 : Operation.Atomic32;
                break;
        }
    }
}
