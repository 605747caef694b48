using Headrace.Bytecode;

namespace Headrace.Objects.Writing;

/// <summary>Cuts one program out of a module, with the functions it reaches and the data and maps they name.</summary>
internal static class ModuleSlice
{
    /// <summary>The module of one program.</summary>
    /// <exception cref="ObjectException">There is no such function.</exception>
    public static AssemblyModule Take(AssemblyModule module, string program)
    {
        List<(AssemblySection Section, AssemblyFunction Function)> all =
            [.. module.Code.SelectMany(section => section.Functions.Select(function => (section, function)))];
        int first = all.FindIndex(item => item.Function.Name == program);
        if (first < 0)
        {
            string names = string.Join(", ", all.Where(item => item.Section.Name != ".text" && item.Function.IsGlobal).Select(item => item.Function.Name));
            throw new ObjectException(module.Source, "", $"it has no program '{program}'; there are: {names}");
        }
        HashSet<AssemblyFunction> kept = [];
        var open = new Stack<(AssemblySection Section, AssemblyFunction Function)>([all[first]]);
        while (open.TryPop(out var item))
        {
            if (!kept.Add(item.Function))
                continue;
            foreach ((AssemblySection section, int slot) in Targets(module, item.Section, item.Function))
            {
                if (section.Functions.FirstOrDefault(function => function.Start == slot) is { } callee)
                    open.Push((section, callee));
            }
        }
        return Keep(module, kept);
    }

    private static IEnumerable<(AssemblySection Section, int Slot)> Targets(AssemblyModule module, AssemblySection section, AssemblyFunction function)
    {
        Dictionary<int, SymbolReference> references = section.References.ToDictionary(reference => reference.Slot);
        for (int slot = function.Start; slot < function.Start + function.Length; slot++)
        {
            Instruction instruction = section.Instructions[slot];
            if (!references.TryGetValue(slot, out SymbolReference? reference))
            {
                bool refers = (instruction.IsCall && instruction.CallKind == CallKind.Local) || instruction.Opcode.IsWideLoad;
                if (refers && InstructionTargets.Of(instruction, slot) is long target and >= 0 and <= int.MaxValue)
                    yield return (section, (int)target);
                continue;
            }
            foreach (AssemblySection other in module.Code)
            {
                if (reference.IsSection && other.Name == reference.Target)
                    yield return (other, instruction.IsCall ? instruction.Imm32 + 1 : (int)(instruction.Immediate / Instruction.SlotSize));
                else if (!reference.IsSection && other.Functions.FirstOrDefault(candidate => candidate.Name == reference.Target) is { } named)
                    yield return (other, named.Start);
            }
        }
    }

    // Entries name other programs and maps, which are left behind.
    private static AssemblyModule Keep(AssemblyModule module, HashSet<AssemblyFunction> kept)
    {
        var slice = new AssemblyModule { Source = module.Source, License = module.License };
        HashSet<string> names = [.. module.Code.SelectMany(section => section.References.Where(reference => IsInside(section, reference)).Select(reference => reference.Target))];
        slice.Maps.AddRange(module.Maps.Where(map => names.Contains(map.Name)).Select(WithoutEntries));
        slice.Data.AddRange(module.Data.Where(data => names.Contains(data.Name) || data.Variables.Any(variable => names.Contains(variable.Name))));
        slice.Externs.AddRange(module.Externs.Where(item => names.Contains(item.Name)));
        Dictionary<AssemblyFunction, int> starts = [];
        foreach (AssemblySection section in module.Code)
        {
            int start = 0;
            foreach (AssemblyFunction function in section.Functions.Where(kept.Contains))
            {
                starts.Add(function, start);
                start += function.Length;
            }
        }
        foreach (AssemblySection section in module.Code.Where(section => section.Functions.Any(kept.Contains)))
            slice.Code.Add(Move(module, section, kept, starts));
        return slice;

        bool IsInside(AssemblySection section, SymbolReference reference) =>
            section.Functions.Any(function => kept.Contains(function) && reference.Slot >= function.Start && reference.Slot < function.Start + function.Length);
    }

    private static AssemblySection Move(AssemblyModule module, AssemblySection section, HashSet<AssemblyFunction> kept, Dictionary<AssemblyFunction, int> starts)
    {
        List<Instruction> instructions = [];
        List<SymbolReference> references = [];
        List<AssemblyLine> lines = [];
        foreach (AssemblyFunction function in section.Functions.Where(kept.Contains))
        {
            int moved = starts[function] - function.Start;
            foreach (AssemblyLine line in section.Lines.Where(line => line.Slot >= function.Start && line.Slot < function.Start + function.Length))
                lines.Add(line with { Slot = line.Slot + moved });
            Dictionary<int, SymbolReference> own = section.References
                .Where(reference => reference.Slot >= function.Start && reference.Slot < function.Start + function.Length).ToDictionary(reference => reference.Slot);
            references.AddRange(own.Values.Select(reference => reference with { Slot = reference.Slot + moved }));
            for (int slot = function.Start; slot < function.Start + function.Length; slot++)
                instructions.Add(MoveTarget(module, section, section.Instructions[slot], slot, moved, own.GetValueOrDefault(slot), starts));
        }
        return new AssemblySection
        {
            Name = section.Name,
            Instructions = [.. instructions],
            Functions = [.. section.Functions.Where(kept.Contains).Select(function => function with { Start = starts[function] })],
            References = references,
            Lines = lines,
        };
    }

    private static Instruction MoveTarget(
        AssemblyModule module, AssemblySection section, Instruction instruction, int slot, int moved, SymbolReference? reference, Dictionary<AssemblyFunction, int> starts)
    {
        if (reference is { IsSection: true } && module.Code.Find(other => other.Name == reference.Target) is { } target)
        {
            long place = instruction.IsCall ? instruction.Imm32 + 1L : instruction.Immediate / Instruction.SlotSize;
            AssemblyFunction? function = target.Functions.FirstOrDefault(candidate => candidate.Start == place);
            if (function is null)
                return instruction;
            return instruction with { Immediate = instruction.IsCall ? starts[function] - 1 : (long)starts[function] * Instruction.SlotSize };
        }
        if (reference is null && (instruction.IsCall || instruction.Opcode.IsWideLoad) && InstructionTargets.Of(instruction, slot) is long near
            && section.Functions.FirstOrDefault(candidate => candidate.Start == near) is { } callee)
        {
            int distance = starts[callee] - (slot + moved) - 1;
            return instruction with { Immediate = instruction.IsCall ? distance : (uint)distance };
        }
        return instruction;
    }

    private static AssemblyMap WithoutEntries(AssemblyMap map) => new()
    {
        Name = map.Name,
        Type = map.Type,
        KeySize = map.KeySize,
        ValueSize = map.ValueSize,
        MaxEntries = map.MaxEntries,
        Flags = map.Flags,
        Extra = map.Extra,
        NumaNode = map.NumaNode,
        PinByName = map.PinByName,
        Inner = map.Inner,
    };
}
