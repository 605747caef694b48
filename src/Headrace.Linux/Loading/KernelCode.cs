using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Linux;

/// <summary>A program's instructions as the kernel takes them: what they name of the kernel resolved, and the descriptors they refer to.</summary>
internal sealed class KernelCode
{
    private readonly ProgramSpec _spec;
    private readonly KernelReferences _references;
    private readonly List<KernelBtf> _modules = [];
    private readonly List<string> _missing = [];

    /// <param name="spec">The program; it stays as it is.</param>
    /// <param name="types">The collection's types, which tell what a symbol was declared as; null without.</param>
    /// <param name="references">Where the kernel's functions and variables are looked for.</param>
    public KernelCode(ProgramSpec spec, Btf? types, KernelReferences references)
    {
        _spec = spec;
        _references = references;
        Instructions = spec.Kfuncs.Count + spec.KernelSymbols.Count == 0 ? spec.Instructions : [.. spec.Instructions];
        foreach ((int slot, string name) in spec.Kfuncs)
            ResolveCall(slot, name);
        foreach ((int slot, string name) in spec.KernelSymbols)
            ResolveAddress(slot, name, types);
    }

    /// <summary>The instructions.</summary>
    public Instruction[] Instructions { get; }

    /// <summary>Functions the program calls that this kernel does not have: loading fails where such a call can be reached.</summary>
    public IReadOnlyList<string> MissingFunctions => _missing;

    /// <summary>Descriptors by index: the collection's maps, then modules' types.</summary>
    public int[] Descriptors(IReadOnlyList<KernelMap> maps)
    {
        int[] descriptors = new int[_modules.Count == 0 ? maps.Count : FirstModule + _modules.Count];
        for (int i = 0; i < maps.Count; i++)
            descriptors[i] = maps[i].Descriptor.Value;
        for (int i = 0; i < _modules.Count; i++)
            descriptors[FirstModule + i] = _modules[i].Descriptor.Value;
        return descriptors;
    }

    // Behind as many maps as instructions can name; 0 stands for the kernel itself.
    private int FirstModule => 1 + _spec.Instructions.Where(one => one.Opcode.IsWideLoad && one.WideLoadKind is WideLoadKind.MapIndex or WideLoadKind.MapValueIndex)
        .Select(one => one.Imm32).DefaultIfEmpty(0).Max();

    private void ResolveCall(int slot, string name)
    {
        if (_references.FindFunction(name) is not { } found)
        {
            _missing.Add(name);
            Instructions[slot] = Instruction.Call((HelperId)KernelReferences.MissingFunction);
            return;
        }
        Instruction call = Instruction.CallKfunc(found.TypeId);
        Instructions[slot] = found.Module is null ? call : call with { Offset = (short)(FirstModule + IndexOf(found.Module)) };
    }

    private int IndexOf(KernelBtf module)
    {
        int index = _modules.IndexOf(module);
        if (index >= 0)
            return index;
        _modules.Add(module);
        return _modules.Count - 1;
    }

    private void ResolveAddress(int slot, string name, Btf? types)
    {
        if (IsUntyped(name, types))
        {
            Instructions[slot] = Instructions[slot] with { Src = (Register)WideLoadKind.Constant, Immediate = (long)_references.AddressOf(name) };
            return;
        }
        // A module's function needs its descriptor in the upper half; a question whether it exists is answered no, which is safe.
        int id = KernelReferences.FindVariable(name) is var variable and not 0 ? variable
            : _references.FindFunction(name) is { Module: null, TypeId: var function } ? function : 0;
        if (id != 0)
            Instructions[slot] = Instructions[slot] with { Src = (Register)WideLoadKind.BtfId, Immediate = id };
    }

    // "extern const void symbol __ksym" is an address and nothing more.
    private static bool IsUntyped(string name, Btf? types) =>
        types?.Find<BtfVariable>(name) is { } variable && types.SkipModifiers(variable.TypeId) == 0;
}
