using Headrace.Bytecode;
using Headrace.Objects.Elf;

namespace Headrace.Objects.Loading;

/// <summary>A code section: instructions by slot and the functions among them.</summary>
internal sealed class CodeSection
{
    private CodeSection(ElfSection section, Instruction[] instructions)
    {
        Section = section;
        Instructions = instructions;
    }

    public ElfSection Section { get; }

    /// <summary>The instructions; references to maps and data are put in here, those to functions while linking.</summary>
    public Instruction[] Instructions { get; }

    /// <summary>The functions by start; they do not overlap.</summary>
    public List<CodeFunction> Functions { get; } = [];

    /// <summary>Source lines by slot, one a slot at most.</summary>
    public (int Slot, BtfLineRecord Record)[] Lines { get; private set; } = [];

    /// <summary>CO-RE relocations by slot.</summary>
    public (int Slot, BtfRelocationRecord Record)[] CoreRelocations { get; private set; } = [];

    public static CodeSection Read(ElfFile elf, ElfSection section)
    {
        try
        {
            return new CodeSection(section, Instruction.Decode(elf.Contents(section).Span));
        }
        catch (BytecodeException error)
        {
            throw new ObjectException(elf.File, section.Title, error.Message);
        }
    }

    /// <summary>Adds a function symbol; call <see cref="SortFunctions"/> after the last.</summary>
    public void AddFunction(ElfFile elf, in ElfSymbol symbol)
    {
        string name = elf.NameOf(symbol);
        ulong size = (ulong)Instructions.Length * Instruction.SlotSize;
        if (symbol.Value % Instruction.SlotSize != 0 || symbol.Size % Instruction.SlotSize != 0 || symbol.Size == 0 ||
            symbol.Value >= size || symbol.Size > size - symbol.Value)
        {
            throw new ObjectException(elf.File, Section.Title,
                $"function '{name}' is said to take {symbol.Size} bytes at byte {symbol.Value} of {size}: the symbol table is damaged");
        }
        int start = (int)symbol.Value / Instruction.SlotSize;
        int length = (int)symbol.Size / Instruction.SlotSize;
        if (IsInsideWideLoad(start) || IsInsideWideLoad(start + length))
            throw new ObjectException(elf.File, Section.Title, $"function '{name}' starts or ends inside of a 64-bit load: the symbol table is damaged");
        Functions.Add(new CodeFunction(this, name, start, length, symbol.Binding, symbol.IsHidden));
    }

    /// <summary>True for the second slot of a wide load, where nothing may start.</summary>
    public bool IsInsideWideLoad(int slot) => slot > 0 && Instructions[slot - 1].Opcode.IsWideLoad;

    public void SortFunctions(string file)
    {
        Functions.Sort((a, b) => a.Start.CompareTo(b.Start));
        for (int i = 1; i < Functions.Count; i++)
        {
            if (Functions[i].Start < Functions[i - 1].End)
                throw new ObjectException(file, Section.Title, $"functions '{Functions[i - 1].Name}' and '{Functions[i].Name}' overlap: aliases cannot be linked, give each its own body");
        }
    }

    /// <summary>The function that a slot lies in, or null.</summary>
    public CodeFunction? FunctionAt(int slot)
    {
        int low = 0, high = Functions.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            CodeFunction function = Functions[middle];
            if (slot < function.Start)
                high = middle - 1;
            else if (slot >= function.End)
                low = middle + 1;
            else
                return function;
        }
        return null;
    }

    /// <summary>Takes over what <c>.BTF.ext</c> says of this section.</summary>
    public void Annotate(BtfExtension extension)
    {
        // Names are the only link; where sections share one, it is the first's, as for libbpf.
        if (extension.Functions.Remove(Section.Name, out List<BtfFunctionRecord>? functions))
        {
            foreach (BtfFunctionRecord record in functions)
            {
                int slot = (int)(record.Offset / Instruction.SlotSize);
                if (FunctionAt(slot) is { } function && function.Start == slot)
                    function.TypeId = (int)record.TypeId;
            }
        }
        if (extension.Lines.Remove(Section.Name, out List<BtfLineRecord>? lines))
            Lines = BySlot(lines, record => record.Offset);
        if (extension.Relocations.Remove(Section.Name, out List<BtfRelocationRecord>? relocations))
            CoreRelocations = BySlot(relocations, record => record.Offset);
    }

    /// <summary>The part of an ascending list that lies inside a function.</summary>
    public static ReadOnlySpan<(int Slot, T Record)> Inside<T>((int Slot, T Record)[] all, CodeFunction function)
    {
        int first = LowerBound(all, function.Start);
        return all.AsSpan(first, LowerBound(all, function.End) - first);
    }

    private static int LowerBound<T>((int Slot, T Record)[] all, int slot)
    {
        int low = 0, high = all.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (all[middle].Slot < slot)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    // Of several records for one slot the last is what the compiler means; one a slot also bounds what linking copies.
    private (int Slot, T Record)[] BySlot<T>(List<T> records, Func<T, uint> offset)
    {
        SortedDictionary<int, T>? sorted = null;
        int previous = -1;
        var result = new List<(int, T)>(Math.Min(records.Count, Instructions.Length));
        foreach (T record in records)
        {
            int slot = (int)(offset(record) / Instruction.SlotSize);
            if (slot >= Instructions.Length)
                continue;
            if (slot <= previous && sorted is null)
            {
                sorted = [];
                foreach ((int earlier, T kept) in result)
                    sorted[earlier] = kept;
            }
            if (sorted is not null)
                sorted[slot] = record;
            else
                result.Add((slot, record));
            previous = slot;
        }
        return sorted is null ? [.. result] : [.. sorted.Select(pair => (pair.Key, pair.Value))];
    }
}
