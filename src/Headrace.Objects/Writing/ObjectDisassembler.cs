using Headrace.Bytecode;
using Headrace.Objects.Writing;

namespace Headrace.Objects;

/// <summary>Writes object files as assembly text, which <see cref="AssemblyModule.Parse"/> and <see cref="ObjectWriter"/> turn back into the same instructions.</summary>
/// <remarks>
/// The text has the code section by section as the file has it, with its references by name. It does not keep types: maps are written with
/// sizes alone, and CO-RE relocations are left as the compiler put them.
/// </remarks>
public static class ObjectDisassembler
{
    /// <summary>Reads an object file as a module.</summary>
    /// <param name="path">The file.</param>
    /// <param name="program">Name of the one program to keep, with what it calls; null keeps all.</param>
    /// <exception cref="ObjectException">It cannot be read, is no eBPF object, or has no such program.</exception>
    public static AssemblyModule Read(string path, string? program = null) => Parse(FileBytes.Read(path), path, program);

    /// <summary>Reads an object from memory as a module.</summary>
    /// <inheritdoc cref="Read(string, string?)"/>
    public static AssemblyModule Parse(ReadOnlyMemory<byte> bytes, string source, string? program = null)
    {
        AssemblyModule module = ModuleReader.Read(bytes, source);
        return program is null ? module : ModuleSlice.Take(module, program);
    }

    /// <summary>The text of an object file.</summary>
    /// <inheritdoc cref="Read(string, string?)"/>
    /// <param name="path">The file.</param>
    /// <param name="program">Name of the one program to keep, with what it calls; null keeps all.</param>
    /// <param name="labels">True to print labels in place of jump distances.</param>
    public static string Disassemble(string path, string? program = null, bool labels = false) => Read(path, program).ToText(labels);
}
