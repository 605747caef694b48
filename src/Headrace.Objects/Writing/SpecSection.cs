using Headrace.Bytecode;

namespace Headrace.Objects.Writing;

/// <summary>A code section while it is filled.</summary>
internal sealed class SpecSection(string name)
{
    private readonly List<AssemblyFunction> _functions = [];

    public string Name => name;

    /// <summary>The instructions by slot.</summary>
    public List<Instruction> Instructions { get; } = [];

    public List<SymbolReference> References { get; } = [];

    public List<AssemblyLine> Lines { get; } = [];

    /// <summary>Makes room for a function.</summary>
    /// <returns>Its first slot.</returns>
    public int Begin(string function, int length, bool isGlobal)
    {
        int start = Instructions.Count;
        _functions.Add(new AssemblyFunction(function, start, length, isGlobal));
        Instructions.AddRange(new Instruction[length]);
        return start;
    }

    public AssemblySection Build() => new()
    {
        Name = name,
        Instructions = [.. Instructions],
        Functions = _functions,
        References = References,
        Lines = [.. Lines.OrderBy(line => line.Slot)],
    };
}
