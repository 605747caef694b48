namespace Headrace.Bytecode;

/// <summary>A section of data: what programs see as global variables.</summary>
public sealed class AssemblyData
{
    /// <summary>The section's name, such as <c>.data</c>, <c>.rodata</c> or <c>.bss</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The bytes it holds from the start.</summary>
    public required byte[] Bytes { get; init; }

    /// <summary>The variables by offset.</summary>
    public IReadOnlyList<AssemblyVariable> Variables { get; init; } = [];

    /// <summary>True for a section that is all zeros and takes no room in a file.</summary>
    public bool IsZero => Name == ".bss" || Name.StartsWith(".bss.", StringComparison.Ordinal);

    /// <summary>True for a name that makes a section one of data wherever it appears.</summary>
    internal static bool IsDataName(string name) =>
        name is ".data" or ".rodata" or ".bss" || name.StartsWith(".data.", StringComparison.Ordinal)
        || name.StartsWith(".rodata.", StringComparison.Ordinal) || name.StartsWith(".bss.", StringComparison.Ordinal);
}
