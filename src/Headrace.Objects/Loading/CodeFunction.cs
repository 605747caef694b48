using Headrace.Objects.Elf;

namespace Headrace.Objects.Loading;

/// <summary>A function in a code section, before linking.</summary>
internal sealed class CodeFunction(CodeSection section, string name, int start, int length, ElfSymbolBinding binding, bool isHidden)
{
    public CodeSection Section { get; } = section;

    public string Name { get; } = name;

    /// <summary>First slot inside the section.</summary>
    public int Start { get; } = start;

    /// <summary>Number of slots.</summary>
    public int Length { get; } = length;

    public int End => Start + Length;

    public ElfSymbolBinding Binding { get; } = binding;

    /// <summary>True when the kernel is to verify it on its own: hidden functions are treated as static, as libbpf does.</summary>
    public bool IsGlobal => Binding != ElfSymbolBinding.Local && !isHidden;

    /// <summary>Its BTF function, 0 when unknown.</summary>
    public int TypeId { get; set; }

    /// <summary>The functions it calls or takes the address of, by slot of the section.</summary>
    public List<(int Slot, CodeFunction Target)> Callees { get; } = [];

    /// <summary>Slots of calls to kernel functions, with their names.</summary>
    public List<(int Slot, string Name)> Kfuncs { get; } = [];

    /// <summary>Slots of wide loads of kernel symbols, with their names.</summary>
    public List<(int Slot, string Name)> KernelSymbols { get; } = [];
}
