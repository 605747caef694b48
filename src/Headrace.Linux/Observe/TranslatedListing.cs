using System.Globalization;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Linux;

/// <summary>A loaded program's instructions as the kernel rewrote them, to read: with its functions, source lines and the names of what it calls.</summary>
public sealed class TranslatedListing
{
    private readonly Dictionary<int, ProgramLine> _lines = [];
    private readonly Dictionary<int, int> _functions = [];
    private readonly Lazy<KernelSymbolTable> _symbols;

    private TranslatedListing(ProgramInfo info, byte[] code, Btf? types, Lazy<KernelSymbolTable> symbols)
    {
        Info = info;
        Code = code;
        Types = types;
        Instructions = Instruction.Decode(code);
        _symbols = symbols;
        foreach (ProgramLine line in info.Lines)
            _lines.TryAdd(line.Slot, line);
        foreach (ProgramFunction function in info.Functions)
            _functions.TryAdd(function.Slot, function.TypeId);
    }

    /// <summary>What the kernel tells of the program.</summary>
    public ProgramInfo Info { get; }

    /// <summary>The instructions, 8 bytes a slot.</summary>
    public byte[] Code { get; }

    /// <summary>The instructions by slot.</summary>
    public IReadOnlyList<Instruction> Instructions { get; }

    /// <summary>The types the program was loaded with; null without.</summary>
    public Btf? Types { get; }

    /// <summary>Reads a program's instructions.</summary>
    /// <param name="program">The program.</param>
    /// <param name="symbols">The kernel's names, read when the first is needed; null for a table of this listing's own.</param>
    /// <exception cref="KernelException">The kernel refused.</exception>
    /// <exception cref="UnsupportedFeatureException">The kernel does not show instructions to this process.</exception>
    public static TranslatedListing Of(KernelProgram program, Lazy<KernelSymbolTable>? symbols = null)
    {
        ProgramInfo info = program.GetInfo();
        byte[] code = program.DumpTranslated();
        if (code.Length == 0)
        {
            throw new UnsupportedFeatureException($"program {info.Id}", "the right to see instructions",
                "the kernel hides them from this process: run it as root (CAP_BPF and CAP_PERFMON), with kernel.kptr_restrict below 2");
        }
        return new TranslatedListing(info, code, KernelBtf.TryGetTypes(info.BtfId), symbols ?? new Lazy<KernelSymbolTable>(KernelSymbolTable.Load));
    }

    /// <summary>The type of the function that starts at a slot; 0 when none does.</summary>
    public int FunctionAt(int slot) => _functions.GetValueOrDefault(slot);

    /// <summary>The source line that starts at a slot; null when none does.</summary>
    public SourceLine? LineAt(int slot) => _lines.TryGetValue(slot, out ProgramLine line) ? SourceOf(line, Types) : null;

    /// <summary>The text of an instruction: <c>(85) call bpf_xdp_adjust_head#10243424</c>.</summary>
    public string Format(int slot)
    {
        Instruction instruction = Instructions[slot];
        return string.Create(CultureInfo.InvariantCulture, $"({instruction.Opcode.Value:x2}) {Text(instruction, slot)}");
    }

    internal static SourceLine? SourceOf(ProgramLine line, Btf? types) => types is null
        ? null
        : new SourceLine(line.Slot, types.Text(line.FileOffset), line.Line, line.Column, types.Text(line.TextOffset).TrimStart());

    // Rewritten instructions name maps by id and call by distance from a place in the kernel.
    private string Text(Instruction instruction, int slot)
    {
        int low = instruction.Imm32;
        if (instruction.Opcode.IsWideLoad)
        {
            string what = instruction.WideLoadKind switch
            {
                WideLoadKind.MapFd => string.Create(CultureInfo.InvariantCulture, $"map[id:{low}]"),
                WideLoadKind.MapValueFd => string.Create(CultureInfo.InvariantCulture, $"map[id:{low}][0]+{(uint)(instruction.Immediate >> 32)}"),
                WideLoadKind.Function => string.Create(CultureInfo.InvariantCulture, $"subprog[{low:+0;-0;+0}]"),
                _ => string.Create(CultureInfo.InvariantCulture, $"0x{instruction.Immediate:x}"),
            };
            return $"r{(int)instruction.Dst} = {what}";
        }
        if (!instruction.IsCall)
            return Disassembler.Format(instruction, slot);
        if (instruction.CallKind == CallKind.Local)
            return string.Create(CultureInfo.InvariantCulture, $"call pc{instruction.Offset:+0;-0;+0}{NameOfFunction(low)}");
        // Tail calls are no calls in the end and keep their helper's number.
        string? helper = HelperNames.IsKnown(low) ? "bpf_" + HelperNames.Of((HelperId)low) : null;
        return string.Create(CultureInfo.InvariantCulture, $"call {helper ?? _symbols.Value.NameOfCall(instruction) ?? "unknown"}#{low}");
    }

    // The kernel leaves the number of the called function where the distance was.
    private string NameOfFunction(int number)
    {
        if (number < 0 || number >= Info.FunctionTags.Count)
            return "";
        string name = Types is not null && number < Info.Functions.Count ? Types[Info.Functions[number].TypeId].Name : Info.Name;
        return $"#bpf_prog_{Info.FunctionTags[number]}_{name}";
    }
}
