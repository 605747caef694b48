using System.Globalization;
using System.Text;

namespace Headrace.Bytecode;

/// <summary>Writes instructions in the syntax of the kernel verifier's log.</summary>
/// <remarks>
/// Two forms differ from the log, so that text can be assembled again: a 64-bit immediate ends in <c>ll</c>, and what it refers to is
/// written in brackets, <c>map[rules]</c>, <c>map[.rodata][0]+16</c>, <c>subprog[+4]</c>, as bpftool prints them.
/// </remarks>
public static class Disassembler
{
    /// <summary>The text of one instruction, such as <c>r1 = *(u32 *)(r6 +4)</c>.</summary>
    /// <param name="instruction">Any instruction; one with an opcode that does not exist is written as <c>BUG_</c> and the opcode.</param>
    /// <param name="slot">Its slot; needed to name what it refers to.</param>
    /// <param name="names">Names to print instead of numbers.</param>
    public static string Format(Instruction instruction, int slot = 0, DisassemblyNames? names = null)
    {
        var text = new StringBuilder();
        Append(text, instruction, slot, names);
        return text.ToString();
    }

    /// <summary>A line of the kernel's log: <c>12: (b7) r0 = 2</c>.</summary>
    public static string LogLine(Instruction instruction, int slot)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{slot}: ({instruction.Opcode.Value:x2}) ");
        if (instruction.Opcode.IsWideLoad)
            text.Append(CultureInfo.InvariantCulture, $"r{(int)instruction.Dst} = 0x{instruction.Immediate:x}");
        else
            Append(text, instruction, slot);
        return text.ToString();
    }

    /// <summary>Appends the text of one instruction.</summary>
    /// <inheritdoc cref="Format(Instruction, int, DisassemblyNames?)"/>
    public static void Append(StringBuilder text, Instruction instruction, int slot = 0, DisassemblyNames? names = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        names ??= DisassemblyNames.None;
        switch (instruction.Opcode.Class)
        {
            case OpcodeClass.Alu or OpcodeClass.Alu64:
                AppendArithmetic(text, instruction);
                break;
            case OpcodeClass.Jmp or OpcodeClass.Jmp32:
                AppendJump(text, instruction, slot, names);
                break;
            case OpcodeClass.Stx when instruction.Opcode.Mode == AccessMode.Atomic:
                AppendAtomic(text, instruction);
                break;
            default:
                AppendMemory(text, instruction, slot, names);
                break;
        }
    }

    private static void AppendArithmetic(StringBuilder text, Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        char file = opcode.Is32 ? 'w' : 'r';
        int dst = (int)instruction.Dst, src = (int)instruction.Src;
        if (opcode.AluOp == AluOp.End)
        {
            string swap = !opcode.Is32 ? "bswap" : opcode.UsesRegister ? "be" : "le";
            text.Append(CultureInfo.InvariantCulture, $"r{dst} = {swap}{instruction.Imm32} r{dst}");
        }
        else if (opcode.AluOp == AluOp.Neg)
        {
            text.Append(CultureInfo.InvariantCulture, $"{file}{dst} = -{file}{dst}");
        }
        else if (Operators.Alu(opcode.AluOp, instruction.Offset == 1) is not string op)
        {
            AppendUnknown(text, opcode);
        }
        else if (!opcode.UsesRegister)
        {
            text.Append(CultureInfo.InvariantCulture, $"{file}{dst} {op} {instruction.Imm32}");
        }
        else if (opcode.AluOp == AluOp.Mov && !opcode.Is32 && instruction.Offset == 1)
        {
            text.Append(CultureInfo.InvariantCulture, $"r{dst} = addr_space_cast(r{src}, {(uint)instruction.Imm32 >> 16}, {(ushort)instruction.Imm32})");
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"{file}{dst} {op} ");
            if (opcode.AluOp == AluOp.Mov && instruction.Offset is 8 or 16 or 32)
                text.Append(CultureInfo.InvariantCulture, $"(s{instruction.Offset})");
            text.Append(CultureInfo.InvariantCulture, $"{file}{src}");
        }
    }

    private static void AppendJump(StringBuilder text, Instruction instruction, int slot, DisassemblyNames names)
    {
        Opcode opcode = instruction.Opcode;
        if (opcode.JumpOp == JumpOp.Call)
        {
            AppendCall(text, instruction, slot, names);
            return;
        }
        if (instruction.IsExit)
        {
            text.Append("exit");
            return;
        }
        int distance = instruction.Offset;
        if (opcode.JumpOp == JumpOp.Ja)
        {
            text.Append(opcode.Is32 ? "gotol " : "goto ");
            distance = opcode.Is32 ? instruction.Imm32 : distance;
        }
        else if (opcode.JumpOp == JumpOp.Jcond)
        {
            text.Append("may_goto ");
        }
        else if (Operators.Jump(opcode.JumpOp) is string comparison)
        {
            char file = opcode.Is32 ? 'w' : 'r';
            text.Append(CultureInfo.InvariantCulture, $"if {file}{(int)instruction.Dst} {comparison} ");
            if (opcode.UsesRegister)
                text.Append(CultureInfo.InvariantCulture, $"{file}{(int)instruction.Src} goto ");
            else
                text.Append(CultureInfo.InvariantCulture, $"0x{instruction.Imm32:x} goto ");
        }
        else
        {
            AppendUnknown(text, opcode);
            return;
        }
        if (InstructionTargets.Of(instruction, slot) is long target and >= 0 and <= int.MaxValue && names.Label?.Invoke((int)target) is string label)
            text.Append(label);
        else
            text.Append("pc").AppendSigned(distance);
    }

    private static void AppendCall(StringBuilder text, Instruction instruction, int slot, DisassemblyNames names)
    {
        text.Append("call ");
        switch (instruction.CallKind)
        {
            case CallKind.Local:
                if (FunctionName(instruction, slot, names) is string function)
                    text.Append(function);
                else
                    text.Append("pc").AppendSigned(instruction.Imm32);
                break;
            case CallKind.Kfunc:
                text.Append(CultureInfo.InvariantCulture, $"{names.Kfunc?.Invoke(slot) ?? "kernel-function"}#{instruction.Imm32}");
                if (instruction.Offset != 0)
                    text.Append(" btf").AppendSigned(instruction.Offset);
                break;
            default:
                text.Append(HelperNames.IsKnown(instruction.Imm32) ? "bpf_" + HelperNames.Of((HelperId)instruction.Imm32) : "unknown");
                text.Append('#').Append(instruction.Imm32);
                break;
        }
    }

    private static void AppendAtomic(StringBuilder text, Instruction instruction)
    {
        var op = (AtomicOp)instruction.Imm32;
        int src = (int)instruction.Src;
        string width = instruction.Opcode.Size == AccessSize.Double ? "64" : "";
        if (Operators.Atomic(op) is string sign)
            text.Append("lock *").AppendAddress(instruction.Opcode.Size, false, instruction.Dst, instruction.Offset).Append($" {sign} r{src}");
        else if (Operators.AtomicFetch(op) is string name)
            text.Append($"r{src} = atomic{width}_fetch_{name}(").AppendPointer(instruction).Append($", r{src})");
        else if (op == AtomicOp.CompareExchange)
            text.Append($"r0 = atomic{width}_cmpxchg(").AppendPointer(instruction).Append($", r0, r{src})");
        else if (op == AtomicOp.Exchange)
            text.Append($"r{src} = atomic{width}_xchg(").AppendPointer(instruction).Append($", r{src})");
        else if (op == AtomicOp.LoadAcquire)
            text.Append($"r{(int)instruction.Dst} = load_acquire(").AppendPointer(instruction with { Dst = instruction.Src }).Append(')');
        else if (op == AtomicOp.StoreRelease)
            text.Append("store_release(").AppendPointer(instruction).Append($", r{src})");
        else
            AppendUnknown(text, instruction.Opcode);
    }

    private static void AppendMemory(StringBuilder text, Instruction instruction, int slot, DisassemblyNames names)
    {
        Opcode opcode = instruction.Opcode;
        int dst = (int)instruction.Dst;
        switch (opcode.Class, opcode.Mode)
        {
            case (OpcodeClass.Ldx, AccessMode.Mem or AccessMode.MemSx):
                text.Append($"r{dst} = *").AppendAddress(opcode.Size, opcode.Mode == AccessMode.MemSx, instruction.Src, instruction.Offset);
                break;
            case (OpcodeClass.Stx, AccessMode.Mem):
                text.Append('*').AppendAddress(opcode.Size, false, instruction.Dst, instruction.Offset).Append($" = r{(int)instruction.Src}");
                break;
            case (OpcodeClass.St, AccessMode.Mem):
                text.Append('*').AppendAddress(opcode.Size, false, instruction.Dst, instruction.Offset).Append(" = ").Append(instruction.Imm32);
                break;
            case (OpcodeClass.Ld, AccessMode.Abs):
                text.Append(CultureInfo.InvariantCulture, $"r0 = *({Operators.Type(opcode.Size, false)} *)skb[{instruction.Imm32}]");
                break;
            case (OpcodeClass.Ld, AccessMode.Ind):
                text.Append(CultureInfo.InvariantCulture, $"r0 = *({Operators.Type(opcode.Size, false)} *)skb[r{(int)instruction.Src} + {instruction.Imm32}]");
                break;
            case (OpcodeClass.Ld, AccessMode.Imm) when opcode.IsWideLoad:
                text.Append($"r{dst} = ");
                AppendWide(text, instruction, slot, names);
                text.Append(" ll");
                break;
            default:
                AppendUnknown(text, opcode);
                break;
        }
    }

    private static void AppendWide(StringBuilder text, Instruction instruction, int slot, DisassemblyNames names)
    {
        int low = instruction.Imm32;
        uint high = (uint)(instruction.Immediate >> 32);
        switch (instruction.WideLoadKind)
        {
            case WideLoadKind.MapFd or WideLoadKind.MapValueFd:
                text.Append(CultureInfo.InvariantCulture, $"map[fd:{low}]");
                break;
            case WideLoadKind.MapIndex or WideLoadKind.MapValueIndex:
                text.Append("map[").Append(names.Map?.Invoke(low) ?? string.Create(CultureInfo.InvariantCulture, $"idx:{low}")).Append(']');
                break;
            case WideLoadKind.Function:
                text.Append("subprog[");
                if (FunctionName(instruction, slot, names) is string function)
                    text.Append(function);
                else
                    text.AppendSigned(low);
                text.Append(']');
                break;
            case WideLoadKind.BtfId:
                text.Append(CultureInfo.InvariantCulture, $"btf[{low}]");
                if (high != 0)
                    text.Append(CultureInfo.InvariantCulture, $"[fd:{(int)high}]");
                break;
            default:
                text.Append(CultureInfo.InvariantCulture, $"0x{instruction.Immediate:x}");
                break;
        }
        if (instruction.WideLoadKind is WideLoadKind.MapValueFd or WideLoadKind.MapValueIndex)
            text.Append(CultureInfo.InvariantCulture, $"[0]+{high}");
    }

    private static string? FunctionName(Instruction instruction, int slot, DisassemblyNames names) =>
        names.Function is not null && InstructionTargets.Of(instruction, slot) is long target and >= 0 and <= int.MaxValue ? names.Function((int)target) : null;

    private static StringBuilder AppendAddress(this StringBuilder text, AccessSize size, bool signed, Register register, short offset) =>
        text.Append(CultureInfo.InvariantCulture, $"({Operators.Type(size, signed)} *)(r{(int)register} ").AppendSigned(offset).Append(')');

    private static StringBuilder AppendPointer(this StringBuilder text, Instruction instruction) =>
        text.AppendAddress(instruction.Opcode.Size, false, instruction.Dst, instruction.Offset);

    private static StringBuilder AppendSigned(this StringBuilder text, int value) =>
        text.Append(value < 0 ? "" : "+").Append(value);

    private static void AppendUnknown(StringBuilder text, Opcode opcode) => text.Append(CultureInfo.InvariantCulture, $"BUG_{opcode.Value:x2}");
}
