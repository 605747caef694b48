using Headrace.Bytecode;
using Headrace.Objects.Elf;

namespace Headrace.Objects.Loading;

/// <summary>Puts a program together: its function, and behind it each function it reaches, in the order of the calls, as libbpf does.</summary>
internal sealed class ProgramLinker(ElfFile elf, CollectionSpec spec, long slotsInFile)
{
    // Every program gets its own copies of what it calls. Real objects stay far below this; hostile ones could grow with the square of their size.
    private const int CopiesOfFile = 64;
    private const int Slack = 64 * 1024;
    private const int MaxProgramSlots = 1_000_000; // BPF_COMPLEXITY_LIMIT_INSNS, include/linux/bpf.h

    private long _budget = (slotsInFile * CopiesOfFile) + Slack;

    public ProgramSpec Link(CodeFunction main, SectionRule? rule, string target, bool optional)
    {
        Dictionary<CodeFunction, int> starts = [];
        List<CodeFunction> order = [];
        int total = Place(main, starts, order);
        var instructions = new Instruction[total];
        List<FunctionSpec> functions = new(order.Count);
        List<SourceLine> lines = [];
        List<CoreRelocation> relocations = [];
        Dictionary<int, string> kfuncs = [];
        Dictionary<int, string> symbols = [];
        foreach (CodeFunction function in order)
        {
            int start = starts[function];
            int moved = start - function.Start;
            functions.Add(new FunctionSpec(function.Name, start, function.IsGlobal, function.TypeId));
            Array.Copy(function.Section.Instructions, function.Start, instructions, start, function.Length);
            foreach ((int slot, CodeFunction callee) in function.Callees)
            {
                ref Instruction instruction = ref instructions[slot + moved];
                instruction = instruction with { Immediate = starts[callee] - (slot + moved) - 1 };
            }
            foreach ((int slot, string name) in function.Kfuncs)
                kfuncs.Add(slot + moved, name);
            foreach ((int slot, string name) in function.KernelSymbols)
                symbols.Add(slot + moved, name);
            AddLines(function, moved, lines);
            AddRelocations(function, moved, instructions, relocations);
        }
        return new ProgramSpec
        {
            Name = main.Name,
            Section = main.Section.Section.Name,
            Type = rule?.Type ?? ProgramType.Unspec,
            ExpectedAttachType = rule?.AttachType ?? 0,
            Flags = rule?.Flags ?? ProgramFlags.None,
            AttachTarget = target,
            AutoLoad = !optional,
            License = spec.License,
            Instructions = instructions,
            Functions = functions,
            Lines = lines,
            CoreRelocations = relocations,
            Kfuncs = kfuncs,
            KernelSymbols = symbols,
        };
    }

    /// <summary>Gives each function its place: a caller before its callees, each callee's own callees before the next.</summary>
    private int Place(CodeFunction main, Dictionary<CodeFunction, int> starts, List<CodeFunction> order)
    {
        Stack<(CodeFunction Function, int NextCallee)> open = new();
        long total = 0;
        Enter(main);
        while (open.TryPop(out (CodeFunction Function, int NextCallee) top))
        {
            if (top.NextCallee == top.Function.Callees.Count)
                continue;
            open.Push((top.Function, top.NextCallee + 1));
            CodeFunction callee = top.Function.Callees[top.NextCallee].Target;
            if (!starts.ContainsKey(callee))
                Enter(callee);
        }
        return (int)total;

        void Enter(CodeFunction function)
        {
            starts.Add(function, (int)total);
            order.Add(function);
            open.Push((function, 0));
            total += function.Length;
            _budget -= function.Length;
            if (total > MaxProgramSlots)
                throw Error(main, $"with the functions it calls it has more than {MaxProgramSlots} instructions, the most the kernel takes");
            if (_budget < 0)
                throw Error(main, $"the programs with the functions they call are more than {CopiesOfFile} times the file's instructions: split the object");
        }
    }

    private void AddLines(CodeFunction function, int moved, List<SourceLine> lines)
    {
        if (spec.Types is not { } types)
            return;
        foreach ((int slot, BtfLineRecord record) in CodeSection.Inside(function.Section.Lines, function))
            lines.Add(new SourceLine(slot + moved, types.Text(record.File), record.Line, record.Column, types.Text(record.Text)));
    }

    private void AddRelocations(CodeFunction function, int moved, Instruction[] instructions, List<CoreRelocation> relocations)
    {
        if (spec.Types is not { } types)
            return;
        foreach ((int slot, BtfRelocationRecord record) in CodeSection.Inside(function.Section.CoreRelocations, function))
        {
            if (record.TypeId >= (uint)types.Count || record.Kind > (uint)CoreRelocationKind.TypeMatches || function.Section.IsInsideWideLoad(slot))
                throw Error(function, $"its CO-RE relocation at instruction {slot - function.Start} (type {record.TypeId}, kind {record.Kind}) fits no instruction or is not known");
            relocations.Add(new CoreRelocation(
                slot + moved, (CoreRelocationKind)record.Kind, (int)record.TypeId, types.Text(record.Access), instructions[slot + moved]));
        }
    }

    private ObjectException Error(CodeFunction function, string reason) => new(elf.File, $"function '{function.Name}'", reason);
}
