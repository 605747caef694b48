namespace Headrace.Bytecode;

/// <summary>Gathers the functions of a code section.</summary>
internal sealed class CodeSectionBuilder(string name)
{
    private readonly List<(string Name, int Start, bool IsGlobal)> _functions = [];
    private readonly List<AssemblyLine> _lines = [];

    /// <summary>The section's name.</summary>
    public string Name => name;

    /// <summary>The instructions.</summary>
    public CodeBuilder Code { get; } = new();

    /// <summary>True once a function is open.</summary>
    public bool HasFunction => _functions.Count > 0;

    /// <summary>The functions so far.</summary>
    public IReadOnlyList<(string Name, int Start, bool IsGlobal)> Functions => _functions;

    /// <summary>Starts a function at the next slot.</summary>
    public void Start(string function, bool isGlobal)
    {
        Code.CloseScope();
        _functions.Add((function, Code.Slots.Count, isGlobal));
    }

    /// <summary>Notes the line of the next instruction.</summary>
    public void At(int line, string text) => _lines.Add(new AssemblyLine(Code.Slots.Count, line, text.Trim()));

    /// <summary>The finished section.</summary>
    public AssemblySection Build(IReadOnlyList<SymbolReference> references)
    {
        var functions = new List<AssemblyFunction>();
        for (int i = 0; i < _functions.Count; i++)
        {
            int end = i + 1 < _functions.Count ? _functions[i + 1].Start : Code.Slots.Count;
            functions.Add(new AssemblyFunction(_functions[i].Name, _functions[i].Start, end - _functions[i].Start, _functions[i].IsGlobal));
        }
        return new AssemblySection { Name = name, Instructions = [.. Code.Slots], Functions = functions, References = references, Lines = _lines };
    }
}
