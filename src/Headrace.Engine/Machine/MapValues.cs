using Headrace.Bytecode;

namespace Headrace.Engine;

/// <summary>Maps whose only value programs reach by address: arrays of one element, which is what data sections are.</summary>
internal static unsafe class MapValues
{
    /// <summary>Address of the map's only value.</summary>
    public static ulong Address(Map map)
    {
        uint zero = 0;
        return (ulong)map.Lookup((byte*)&zero, 0);
    }

    /// <summary>The values that the program's instructions have addresses of.</summary>
    public static MemoryRegion[] Regions(LoadedProgram program)
    {
        var maps = new HashSet<Map>();
        foreach (Instruction instruction in program.Instructions)
        {
            if (instruction.Opcode.IsWideLoad && instruction.WideLoadKind == WideLoadKind.MapValueIndex)
                maps.Add(program.MapArray[(int)(uint)instruction.Immediate]);
        }
        return [.. maps.Where(Machine.MayRead).Select(map => new MemoryRegion(Address(map), (ulong)map.ValueSize, Machine.MayWrite(map), map.Name))];
    }
}
