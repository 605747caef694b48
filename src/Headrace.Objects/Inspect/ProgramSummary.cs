using Headrace.Bytecode;

namespace Headrace.Objects;

/// <summary>A program in short.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Section">The ELF section it came from.</param>
/// <param name="Type">Program type, such as <c>xdp</c>.</param>
/// <param name="AttachType">Expected attach type, such as <c>xdp_devmap</c>; empty when none is.</param>
/// <param name="AttachTarget">What the section says it attaches to; empty when nothing.</param>
/// <param name="Instructions">Number of slots with every function it calls.</param>
/// <param name="Functions">The functions inside, the program first.</param>
/// <param name="Helpers">Names of the helpers it calls, in order of their numbers.</param>
/// <param name="Kfuncs">Names of the kernel functions it calls.</param>
/// <param name="Maps">Names of the maps and data sections it refers to, in their order.</param>
/// <param name="CoreRelocations">How many instructions depend on the target's types.</param>
/// <param name="SourceFile">The file its first line came from; empty without BTF.</param>
public sealed record ProgramSummary(
    string Name,
    string Section,
    string Type,
    string AttachType,
    string AttachTarget,
    int Instructions,
    IReadOnlyList<string> Functions,
    IReadOnlyList<string> Helpers,
    IReadOnlyList<string> Kfuncs,
    IReadOnlyList<string> Maps,
    int CoreRelocations,
    string SourceFile)
{
    /// <summary>Summarises a program of a collection.</summary>
    public static ProgramSummary Of(CollectionSpec spec, ProgramSpec program)
    {
        SortedSet<long> helpers = [];
        SortedSet<int> maps = [];
        foreach (Instruction instruction in program.Instructions)
        {
            if (instruction.IsCall && instruction.CallKind == CallKind.Helper)
                helpers.Add(instruction.Immediate);
            else if (instruction.Opcode.IsWideLoad && instruction.WideLoadKind is WideLoadKind.MapIndex or WideLoadKind.MapValueIndex)
                maps.Add(instruction.Imm32);
        }
        return new ProgramSummary(
            program.Name,
            program.Section,
            KernelWords.Of(program.Type),
            program.ExpectedAttachType == 0 && program.Type != ProgramType.CgroupSkb ? "" : KernelWords.Of(program.ExpectedAttachType),
            program.AttachTarget,
            program.Instructions.Length,
            [.. program.Functions.Select(function => function.Name)],
            [.. helpers.Select(id => HelperNames.Of((HelperId)id))],
            [.. program.Kfuncs.Values.Distinct().Order(StringComparer.Ordinal)],
            [.. maps.Where(index => (uint)index < (uint)spec.Maps.Count).Select(index => spec.Maps[index].Name)],
            program.CoreRelocations.Count,
            program.Lines.Count > 0 ? program.Lines[0].File : "");
    }
}
