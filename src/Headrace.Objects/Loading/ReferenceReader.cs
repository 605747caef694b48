using Headrace.Bytecode;
using Headrace.Objects.Elf;

namespace Headrace.Objects.Loading;

/// <summary>Finds out what each instruction of a code section refers to: maps, data, functions, kernel functions (RFC 9669, section 5.4; kernel documentation, bpf/llvm_reloc.rst).</summary>
internal sealed class ReferenceReader(ElfFile elf, Dictionary<int, CodeSection> code, MapTable maps)
{
    private readonly ILookup<uint, ElfSection> _relocationsByTarget =
        elf.Sections.Where(section => section.IsRelocations).ToLookup(section => section.Info);

    /// <summary>Reads the section's relocations, then the local calls that need none because both ends are in the section.</summary>
    public void Read(CodeSection section)
    {
        var relocated = new System.Collections.BitArray(section.Instructions.Length);
        foreach (ElfSection relocations in _relocationsByTarget[(uint)section.Section.Index])
        {
            foreach (ElfRelocation relocation in elf.Relocations(relocations))
                Apply(section, relocation, relocated);
        }
        for (int slot = 0; slot < section.Instructions.Length; slot++)
        {
            Instruction instruction = section.Instructions[slot];
            if (!relocated[slot] && IsLocalReference(instruction) && section.FunctionAt(slot) is { } function)
                AddCallee(section, function, slot, section, slot + instruction.Imm32 + 1L);
            slot += instruction.Slots - 1;
        }
        // Linking follows the calls in the order of the code, not of the relocation table.
        foreach (CodeFunction function in section.Functions)
            function.Callees.Sort((a, b) => a.Slot.CompareTo(b.Slot));
    }

    private static bool IsLocalReference(Instruction instruction) =>
        (instruction.IsCall && instruction.CallKind == CallKind.Local) ||
        (instruction.Opcode.IsWideLoad && instruction.WideLoadKind == WideLoadKind.Function);

    private void Apply(CodeSection section, in ElfRelocation relocation, System.Collections.BitArray relocated)
    {
        if (relocation.Offset % Instruction.SlotSize != 0 || relocation.Offset / Instruction.SlotSize >= (ulong)section.Instructions.Length)
            throw Error(section, -1, $"a relocation is meant for byte {relocation.Offset}, which is no instruction");
        int slot = (int)(relocation.Offset / Instruction.SlotSize);
        // Code outside of every function is never run.
        if (section.FunctionAt(slot) is not { } function)
            return;
        if (relocated[slot])
            throw Error(section, slot, "it has two relocations");
        relocated[slot] = true;
        ElfSymbol symbol = elf.Symbols[relocation.Symbol];
        Instruction instruction = section.Instructions[slot];
        if (instruction.IsCall)
            ApplyToCall(section, function, slot, symbol, relocation.Addend);
        else if (instruction.Opcode.IsWideLoad)
            ApplyToWideLoad(section, function, slot, symbol, relocation.Addend);
        else
            throw Error(section, slot, $"a relocation to '{elf.NameOf(symbol)}' is meant for it, but only calls and 64-bit loads can refer to symbols");
    }

    private void ApplyToCall(CodeSection section, CodeFunction function, int slot, in ElfSymbol symbol, long? addend)
    {
        Instruction instruction = section.Instructions[slot];
        if (symbol.IsUndefined)
        {
            section.Instructions[slot] = instruction with { Src = (Register)CallKind.Kfunc, Immediate = 0 };
            function.Kfuncs.Add((slot, elf.NameOf(symbol)));
            return;
        }
        if (!code.TryGetValue(symbol.Section, out CodeSection? target))
            throw Error(section, slot, $"it calls '{elf.NameOf(symbol)}', which is no function");
        section.Instructions[slot] = instruction with { Src = (Register)CallKind.Local };
        // The place itself counts slots from the instruction behind the call: -1 means the symbol's start.
        long targetSlot = (long)(symbol.Value / Instruction.SlotSize) + (addend is { } bytes ? bytes / Instruction.SlotSize : instruction.Imm32 + 1L);
        AddCallee(section, function, slot, target, targetSlot);
    }

    private void ApplyToWideLoad(CodeSection section, CodeFunction function, int slot, in ElfSymbol symbol, long? addend)
    {
        Instruction instruction = section.Instructions[slot];
        long offset = unchecked((long)symbol.Value + (addend ?? instruction.Immediate));
        if (symbol.IsUndefined)
            ApplyToExtern(section, function, slot, elf.NameOf(symbol), addend ?? instruction.Immediate);
        else if (code.TryGetValue(symbol.Section, out CodeSection? target))
        {
            section.Instructions[slot] = instruction with { Src = (Register)WideLoadKind.Function };
            AddCallee(section, function, slot, target, offset / Instruction.SlotSize);
        }
        else if (maps.DataIn(symbol.Section) is { } data)
            section.Instructions[slot] = ValueLoad(section, slot, data, offset);
        else if (maps.At(symbol.Section, offset) is { } map)
            section.Instructions[slot] = instruction with { Src = (Register)WideLoadKind.MapIndex, Immediate = map };
        else
        {
            string place = symbol.Section > 0 ? elf.Sections[symbol.Section].Title : "no section";
            throw Error(section, slot, $"it refers to '{elf.NameOf(symbol)}' (byte {offset} of {place}), which is neither a map, nor data, nor a function");
        }
    }

    private void ApplyToExtern(CodeSection section, CodeFunction function, int slot, string name, long offset)
    {
        if (maps.Extern(name) is { } place)
        {
            section.Instructions[slot] = ValueLoad(section, slot, place.Map, place.Offset + offset);
            return;
        }
        section.Instructions[slot] = section.Instructions[slot] with { Src = (Register)WideLoadKind.Constant, Immediate = 0 };
        function.KernelSymbols.Add((slot, name));
    }

    private Instruction ValueLoad(CodeSection section, int slot, int map, long offset)
    {
        if (offset < 0 || offset > maps.SizeOf(map))
            throw Error(section, slot, $"it refers to byte {offset} of '{maps.NameOf(map)}', which has {maps.SizeOf(map)}");
        return section.Instructions[slot] with { Src = (Register)WideLoadKind.MapValueIndex, Immediate = (offset << 32) | (uint)map };
    }

    private void AddCallee(CodeSection section, CodeFunction function, int slot, CodeSection target, long targetSlot)
    {
        if (targetSlot < 0 || targetSlot >= target.Instructions.Length || target.FunctionAt((int)targetSlot) is not { } callee || callee.Start != targetSlot)
            throw Error(section, slot, $"it refers to instruction {targetSlot} of {target.Section.Title}, where no function starts");
        function.Callees.Add((slot, callee));
    }

    private ObjectException Error(CodeSection section, int slot, string reason)
    {
        string place = section.Section.Title;
        if (slot >= 0)
            place += section.FunctionAt(slot) is { } function ? $", '{function.Name}' instruction {slot - function.Start}" : $", instruction {slot}";
        return new ObjectException(elf.File, place, reason);
    }
}
