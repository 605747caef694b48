namespace Headrace.Bytecode;

/// <summary>An object in assembly: what the text says, ready to be written as an ELF file.</summary>
/// <remarks>
/// Instructions are as an object file has them: what they refer to by name stands in <see cref="AssemblySection.References"/>, and their
/// immediates hold only what is added to it.
/// </remarks>
public sealed class AssemblyModule
{
    /// <summary>The file, or a name for text made in memory.</summary>
    public required string Source { get; init; }

    /// <summary>The licence of the programs; null when the text gives none.</summary>
    public string? License { get; set; }

    /// <summary>The sections of code, in the order of the text.</summary>
    public List<AssemblySection> Code { get; } = [];

    /// <summary>The sections of data, in the order of the text.</summary>
    public List<AssemblyData> Data { get; } = [];

    /// <summary>The maps, in the order of the text.</summary>
    public List<AssemblyMap> Maps { get; } = [];

    /// <summary>Names that something else defines: kernel functions and variables, and the kernel's configuration.</summary>
    public List<AssemblyExtern> Externs { get; } = [];

    /// <summary>Reads an object in assembly.</summary>
    /// <param name="text">The text; docs/assembly.md describes the language.</param>
    /// <param name="source">What errors and line information call the text.</param>
    /// <exception cref="AssemblerException">The place in the text and what was expected there.</exception>
    public static AssemblyModule Parse(string text, string source = "text")
    {
        ArgumentNullException.ThrowIfNull(text);
        return new ModuleParser(source).Parse(text);
    }

    /// <summary>Writes the module as text; reading it back gives the same bytes in every section.</summary>
    /// <param name="labels">True to print labels in place of jump distances.</param>
    public string ToText(bool labels = false) => ModuleText.Write(this, labels);
}
