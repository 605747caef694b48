using Headrace.Bytecode;

namespace Headrace.Objects.Tests;

/// <summary>A program as libbpf relocated it.</summary>
internal sealed record LibbpfProgram(int Type, int AttachType, int Flags, Instruction[] Instructions)
{
    /// <summary>Instructions of either side with what must differ taken out: map descriptors here, map indices there.</summary>
    public static IEnumerable<string> Comparable(IEnumerable<Instruction> instructions) => instructions.Select((instruction, slot) =>
    {
        if (instruction.IsCall && instruction.CallKind == CallKind.Kfunc)
            instruction = instruction with { Immediate = 0, Offset = 0 };
        string kind = "";
        if (instruction.Opcode.IsWideLoad && instruction.WideLoadKind is WideLoadKind.MapFd or WideLoadKind.MapIndex)
            (instruction, kind) = (instruction with { Src = 0, Immediate = 0 }, "map");
        else if (instruction.Opcode.IsWideLoad && instruction.WideLoadKind is WideLoadKind.MapValueFd or WideLoadKind.MapValueIndex)
            (instruction, kind) = (instruction with { Src = 0, Immediate = instruction.Immediate >> 32 }, "value");
        return $"{slot}: {instruction.Opcode.Value:x2} r{(int)instruction.Dst} r{(int)instruction.Src} {instruction.Offset} {instruction.Immediate:x} {kind}";
    });
}
