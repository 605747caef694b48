namespace Headrace.Bytecode;

/// <summary>Names the disassembler prints in place of numbers. Every one is optional, and so is every answer: null means the number is printed.</summary>
public sealed class DisassemblyNames
{
    /// <summary>No names: everything is printed by number.</summary>
    public static readonly DisassemblyNames None = new();

    /// <summary>The name of a map by its index in the collection.</summary>
    public Func<int, string?>? Map { get; init; }

    /// <summary>The name of the function that starts at a slot; printed where it is called or its address is taken.</summary>
    public Func<int, string?>? Function { get; init; }

    /// <summary>The name of the kfunc that is called at a slot.</summary>
    public Func<int, string?>? Kfunc { get; init; }

    /// <summary>The label of a slot; printed where it is jumped to.</summary>
    public Func<int, string?>? Label { get; init; }
}
