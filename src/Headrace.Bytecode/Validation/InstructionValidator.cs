namespace Headrace.Bytecode;

/// <summary>Tells valid encodings from invalid ones: opcodes, reserved fields, registers, sizes and jump targets (RFC 9669; Linux 6.18 where it is stricter).</summary>
/// <remarks>Total: any input gets an answer. It says nothing about what a program does: that is the verifier's.</remarks>
public static class InstructionValidator
{
    /// <summary>What is wrong with one instruction on its own, or null when its encoding is valid. Jump targets need the program: see <see cref="Validate"/>.</summary>
    public static string? Check(Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        ref readonly OpcodeRules rules = ref OpcodeRules.Of(opcode);
        if (!rules.IsKnown)
            return $"unknown opcode {opcode.Value:x2}";
        if (!opcode.IsWideLoad && instruction.Immediate != instruction.Imm32)
            return $"the immediate {instruction.Immediate} does not fit 32 bits";
        return rules.Immediate == ImmediateRule.Atomic
            ? CheckAtomic(instruction)
            : CheckRegister(rules.Dst, (int)instruction.Dst, "destination", instruction)
                ?? CheckRegister(rules.Src, (int)instruction.Src, "source", instruction)
                ?? CheckOffset(rules.Offset, instruction)
                ?? CheckImmediate(rules.Immediate, instruction);
    }

    /// <summary>Finds the first instruction whose encoding is invalid or whose target is no instruction of the program.</summary>
    /// <param name="program">The program by slot.</param>
    /// <returns>The slot and the reason, or null when the program is valid.</returns>
    public static (int Slot, string Reason)? Find(ReadOnlySpan<Instruction> program)
    {
        if (program.IsEmpty)
            return (0, "the program is empty");
        int last = 0;
        for (int slot = 0; slot < program.Length; slot++)
        {
            Instruction instruction = program[slot];
            last = slot;
            if ((Check(instruction) ?? CheckTarget(program, slot)) is string reason)
                return (slot, reason);
            if (!instruction.Opcode.IsWideLoad)
                continue;
            if (slot + 1 >= program.Length)
                return (slot, "the second slot of the 64-bit immediate is missing");
            slot++;
            if (program[slot] != Instruction.WideTail)
                return (slot, "the second slot of a 64-bit immediate must be zero but for its immediate");
        }
        Instruction end = program[last];
        bool leaves = end.IsExit || (end.Opcode.IsJump && end.Opcode.JumpOp == JumpOp.Ja);
        return leaves ? null : (last, "the program runs off its end: the last instruction must be exit or goto");
    }

    /// <summary>Refuses a program with an invalid instruction.</summary>
    /// <exception cref="BytecodeException">The slot of the first invalid instruction and why it is invalid.</exception>
    public static void Validate(ReadOnlySpan<Instruction> program)
    {
        if (Find(program) is (int slot, string reason))
            throw new BytecodeException(slot, reason);
    }

    private static string? CheckRegister(RegisterRule rule, int field, string name, Instruction instruction) => rule switch
    {
        RegisterRule.Zero => field == 0 ? null : $"the {name} register is reserved here and must be 0, not {field}",
        RegisterRule.Read => field <= 10 ? null : $"r{field} is invalid: registers are r0 to r10",
        RegisterRule.Write => field switch
        {
            <= 9 => null,
            10 => "the frame pointer r10 is read only",
            _ => $"r{field} is invalid: registers are r0 to r10",
        },
        RegisterRule.CallKind => field <= (int)CallKind.Kfunc ? null : $"call kind {field} does not exist: 0 is a helper, 1 a local function, 2 a kfunc",
        _ => CheckWideLoad(instruction),
    };

    private static string? CheckWideLoad(Instruction instruction) => instruction.WideLoadKind switch
    {
        > WideLoadKind.MapValueIndex => $"64-bit immediate kind {(int)instruction.Src} does not exist: kinds are 0 to 6",
        WideLoadKind.MapFd or WideLoadKind.MapIndex or WideLoadKind.Function => instruction.Immediate >> 32 == 0
            ? null
            : "the upper half of this 64-bit immediate is reserved and must be 0",
        _ => null,
    };

    private static string? CheckOffset(OffsetRule rule, Instruction instruction) => rule switch
    {
        OffsetRule.Zero => instruction.Offset == 0 ? null : $"the offset is reserved here and must be 0, not {instruction.Offset}",
        OffsetRule.Signedness => instruction.Offset is 0 or 1 ? null : $"offset {instruction.Offset} of a division must be 0 (unsigned) or 1 (signed)",
        OffsetRule.SignExtension => instruction.Offset switch
        {
            0 or 8 or 16 => null,
            32 or 1 when !instruction.Opcode.Is32 => null,
            _ => $"offset {instruction.Offset} of a move must be 0 or the width it sign-extends from: 8, 16{(instruction.Opcode.Is32 ? "" : " or 32")}",
        },
        OffsetRule.KfuncBtf when instruction.CallKind != CallKind.Kfunc =>
            instruction.Offset == 0 ? null : $"the offset of a call is reserved and must be 0, not {instruction.Offset}",
        _ => null,
    };

    private static string? CheckImmediate(ImmediateRule rule, Instruction instruction)
    {
        long value = instruction.Immediate;
        int width = instruction.Opcode.Is32 ? 32 : 64;
        return rule switch
        {
            ImmediateRule.Zero => value == 0 ? null : $"the immediate is reserved here and must be 0, not {value}",
            ImmediateRule.NonZero => value != 0 ? null : "division by zero: the immediate must not be 0",
            ImmediateRule.Shift => value >= 0 && value < width ? null : $"shift by {value} is invalid: {width} bits shift by 0 to {width - 1}",
            ImmediateRule.SwapWidth => value is 16 or 32 or 64 ? null : $"byte swap of {value} bits does not exist: 16, 32 or 64",
            ImmediateRule.AddressSpaces when instruction.Offset == 1 =>
                value is 1 or 0x10000 ? null : $"address-space cast {value} must be 1 (from 0 to 1) or 65536 (from 1 to 0)",
            ImmediateRule.AddressSpaces => value == 0 ? null : $"the immediate is reserved here and must be 0, not {value}",
            _ => null,
        };
    }

    private static string? CheckAtomic(Instruction instruction)
    {
        var op = (AtomicOp)instruction.Imm32;
        bool narrow = instruction.Opcode.Size is AccessSize.Byte or AccessSize.Half;
        (RegisterRule dst, RegisterRule src) = op switch
        {
            AtomicOp.Add or AtomicOp.And or AtomicOp.Or or AtomicOp.Xor or AtomicOp.CompareExchange or AtomicOp.StoreRelease =>
                (RegisterRule.Read, RegisterRule.Read),
            AtomicOp.FetchAdd or AtomicOp.FetchAnd or AtomicOp.FetchOr or AtomicOp.FetchXor or AtomicOp.Exchange =>
                (RegisterRule.Read, RegisterRule.Write),
            AtomicOp.LoadAcquire => (RegisterRule.Write, RegisterRule.Read),
            _ => (RegisterRule.Zero, RegisterRule.CallKind),
        };
        if (src == RegisterRule.CallKind)
            return $"atomic operation {instruction.Imm32:x2} does not exist";
        if (narrow && op is not (AtomicOp.LoadAcquire or AtomicOp.StoreRelease))
            return $"atomic operation on {instruction.Opcode.SizeInBytes} bytes does not exist: 4 or 8";
        return CheckRegister(dst, (int)instruction.Dst, "destination", instruction)
            ?? CheckRegister(src, (int)instruction.Src, "source", instruction);
    }

    private static string? CheckTarget(ReadOnlySpan<Instruction> program, int slot)
    {
        if (InstructionTargets.Of(program[slot], slot) is not long target)
            return null;
        string what = program[slot].Opcode.IsWideLoad ? "function" : program[slot].IsCall ? "call" : "jump";
        if (target < 0 || target >= program.Length)
            return $"{what} to {target} leaves the program of {program.Length} slots";
        return target > 0 && program[(int)target - 1].Opcode.IsWideLoad ? $"{what} to {target} lands inside a 64-bit immediate" : null;
    }
}
