namespace Headrace.Bindings;

/// <summary>Makes a partial class the typed face of an eBPF object: its programs, maps, global variables and types, generated when it is compiled.</summary>
/// <param name="path">The object's file name, or as much of the end of its path as tells it from others: <c>firewall.bpf.o</c>.</param>
/// <remarks>
/// The object is an item of the project: every <c>*.bpf.o</c> in its folder, <c>&lt;BpfObject Include="..." /&gt;</c> elsewhere, or
/// what <c>&lt;BpfCompile Include="*.bpf.c" /&gt;</c> makes. Its bytes are built into the assembly.
/// </remarks>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class BpfObjectAttribute(string path) : Attribute
{
    /// <summary>The object's file name, or the end of its path.</summary>
    public string Path { get; } = path;

    /// <summary>Further structs, unions and enums of the object to have in C#, by name: such as ring buffer events, which no map names.</summary>
    public string[] Types { get; set; } = [];
}
