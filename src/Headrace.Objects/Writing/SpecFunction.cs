using System.Text;
using Headrace.Bytecode;

namespace Headrace.Objects.Writing;

/// <summary>A function inside a linked program.</summary>
/// <param name="Program">The program.</param>
/// <param name="Index">Which of its functions; 0 is the program itself.</param>
internal readonly record struct SpecFunction(ProgramSpec Program, int Index)
{
    public string Name => Program.Functions.Count == 0 ? Program.Name : Program.Functions[Index].Name;

    public int Start => Program.Functions.Count == 0 ? 0 : Program.Functions[Index].Start;

    public int End => Index + 1 < Program.Functions.Count ? Program.Functions[Index + 1].Start : Program.Instructions.Length;

    public int Length => End - Start;

    /// <summary>The function that starts at a slot, or null.</summary>
    public static SpecFunction? At(ProgramSpec program, int slot)
    {
        for (int i = 0; i < program.Functions.Count; i++)
        {
            if (program.Functions[i].Start == slot)
                return new SpecFunction(program, i);
        }
        return null;
    }

    /// <summary>A text that is the same for functions that are the same, with all they call, wherever they stand.</summary>
    public string Identity(CollectionSpec spec)
    {
        ProgramSpec program = Program;
        var text = new StringBuilder();
        List<SpecFunction> order = [this];
        for (int i = 0; i < order.Count; i++)
        {
            SpecFunction function = order[i];
            var names = new DisassemblyNames
            {
                Map = index => (uint)index < (uint)spec.Maps.Count ? spec.Maps[index].Name : null,
                Kfunc = slot => program.Kfuncs.GetValueOrDefault(slot),
                Function = slot =>
                {
                    if (At(program, slot) is not { } callee)
                        return null;
                    if (!order.Contains(callee))
                        order.Add(callee);
                    return $"{callee.Name}@{order.IndexOf(callee)}";
                },
            };
            text.Append(function.Name).Append('\n');
            for (int slot = function.Start; slot < function.End; slot++)
            {
                Disassembler.Append(text, program.Instructions[slot], slot, names);
                text.Append(program.KernelSymbols.GetValueOrDefault(slot)).Append('\n');
            }
        }
        return text.ToString();
    }
}
