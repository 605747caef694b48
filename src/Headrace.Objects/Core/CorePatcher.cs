using Headrace.Bytecode;

namespace Headrace.Objects.Core;

/// <summary>Changes the instructions of a program to what a target's types say.</summary>
internal sealed class CorePatcher(CollectionSpec spec, ProgramSpec program, CoreResolver resolver, List<CorePoison> poisoned)
{
    // What libbpf puts in place of an instruction without meaning; the kernel's log then reads "invalid func unknown#195896080".
    private const int PoisonedHelper = 0xbad2310;

    private static readonly Instruction s_poison = new(Opcode.Jump(JumpOp.Call, is64: true, usesRegister: false), 0, 0, 0, PoisonedHelper);

    public void Patch()
    {
        foreach (CoreRelocation relocation in program.CoreRelocations)
            Patch(relocation);
    }

    private void Patch(CoreRelocation relocation)
    {
        int slot = relocation.Instruction;
        Instruction instruction = relocation.Original;
        if (slot < 0 || slot + instruction.Slots > program.Instructions.Length)
            throw Error(slot, "there is no such instruction: relocate before the instructions are changed");
        CoreAnswer answer;
        try
        {
            answer = resolver.Resolve(relocation);
        }
        catch (ObjectException error)
        {
            throw Error(slot, error.Message);
        }
        if (instruction.Opcode.IsWideLoad)
            program.Instructions[slot + 1] = Instruction.WideTail;
        string? reason = answer.Resolved is null ? answer.Reason
            : answer.SizesConflict && IsMemory(instruction) ? "the field's size differs and its type does not allow another load"
            : null;
        if (reason is not null)
        {
            program.Instructions.AsSpan(slot, instruction.Slots).Fill(s_poison);
            poisoned.Add(new CorePoison(program.Name, slot, reason));
            return;
        }
        program.Instructions[slot] = Changed(slot, instruction, answer.Original, answer.Resolved!.Value);
    }

    private static bool IsMemory(Instruction instruction) => instruction.Opcode.Class is OpcodeClass.Ldx or OpcodeClass.St or OpcodeClass.Stx;

    private Instruction Changed(int slot, Instruction instruction, CoreValue original, CoreValue resolved)
    {
        Opcode opcode = instruction.Opcode;
        if (opcode.IsAlu && !opcode.UsesRegister)
        {
            Require(slot, original, (uint)instruction.Imm32, (uint)original.Number);
            return instruction with { Immediate = (int)resolved.Number };
        }
        if (opcode.IsWideLoad && instruction.WideLoadKind == WideLoadKind.Constant)
        {
            Require(slot, original, (ulong)instruction.Immediate, original.Number);
            return instruction with { Immediate = (long)resolved.Number };
        }
        if (!IsMemory(instruction))
            throw Error(slot, "a CO-RE relocation is meant for it, but it is neither arithmetic with a constant, nor a load or store, nor a 64-bit constant");
        Require(slot, original, (ulong)instruction.Offset, original.Number);
        if (resolved.Number > (ulong)short.MaxValue)
            throw Error(slot, $"the field lies at byte {resolved.Number} there, an instruction reaches {short.MaxValue}");
        return instruction with { Offset = (short)resolved.Number, Opcode = Sized(slot, opcode, original.Size, resolved.Size) };
    }

    private Opcode Sized(int slot, Opcode opcode, long original, long resolved)
    {
        if (original == resolved)
            return opcode;
        if (opcode.SizeInBytes != original)
            throw Error(slot, $"it accesses {opcode.SizeInBytes} bytes of a field of {original}, which has {resolved} there");
        AccessSize size = resolved switch
        {
            1 => AccessSize.Byte,
            2 => AccessSize.Half,
            4 => AccessSize.Word,
            8 => AccessSize.Double,
            _ => throw Error(slot, $"the field has {resolved} bytes there, which no instruction accesses"),
        };
        return Opcode.Memory(opcode.Class, opcode.Mode, size);
    }

    private void Require(int slot, CoreValue original, ulong found, ulong expected)
    {
        if (original.IsChecked && found != expected)
            throw Error(slot, $"it should hold {expected} and holds {found}: code and relocations do not belong together");
    }

    private ObjectException Error(int slot, string reason)
    {
        SourceLine? line = program.LineAt(slot);
        string source = line is null ? "" : $" ({line.File}:{line.Line}: `{line.Text.Trim()}`)";
        return new ObjectException(spec.Source, $"program '{program.Name}' instruction {slot}{source}", reason);
    }
}
