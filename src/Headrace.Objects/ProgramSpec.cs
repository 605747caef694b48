using Headrace.Bytecode;

namespace Headrace.Objects;

/// <summary>What an object file says of a program: its instructions, linked with every local function it calls.</summary>
public sealed class ProgramSpec
{
    /// <summary>The function's name: its key in <see cref="CollectionSpec.Programs"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The ELF section it came from, such as <c>xdp.frags</c>; empty when made in memory.</summary>
    public string Section { get; init; } = "";

    /// <summary>Program type, from the section's name.</summary>
    public required ProgramType Type { get; set; }

    /// <summary>Expected attach type, from the section's name.</summary>
    public AttachType ExpectedAttachType { get; set; }

    /// <summary>What the section's name says it attaches to (a tracepoint, a kernel function); empty when nothing.</summary>
    public string AttachTarget { get; set; } = "";

    /// <summary>Load flags.</summary>
    public ProgramFlags Flags { get; set; }

    /// <summary>Licence string; decides about GPL-only helpers.</summary>
    public string License { get; set; } = "";

    /// <summary>
    /// The program and, behind it, the functions it calls, by slot (see <see cref="Instruction"/>). Map references are
    /// <see cref="WideLoadKind.MapIndex"/> and <see cref="WideLoadKind.MapValueIndex"/> into <see cref="CollectionSpec.Maps"/>;
    /// local calls and function addresses are relative, ready to run.
    /// </summary>
    public required Instruction[] Instructions { get; set; }

    /// <summary>The functions inside <see cref="Instructions"/>, by start; the first is the program itself.</summary>
    public IReadOnlyList<FunctionSpec> Functions { get; init; } = [];

    /// <summary>Source lines by slot, ascending; empty without BTF.</summary>
    public IReadOnlyList<SourceLine> Lines { get; init; } = [];

    /// <summary>
    /// Kfunc calls that are not resolved yet: slot of the call (<see cref="CallKind.Kfunc"/>, immediate 0) to the name of the kernel function.
    /// </summary>
    public IReadOnlyDictionary<int, string> Kfuncs { get; init; } = new Dictionary<int, string>();

    /// <summary>
    /// Addresses of kernel variables and functions (<c>.ksyms</c>) that are not resolved yet: slot of the wide load to the symbol's name.
    /// The load is a constant 0 until then, which is what a weak symbol that nobody defines stays.
    /// </summary>
    public IReadOnlyDictionary<int, string> KernelSymbols { get; init; } = new Dictionary<int, string>();

    /// <summary>Instructions that depend on the target's types, by slot; see <see cref="CollectionSpec.Relocate"/>.</summary>
    public IReadOnlyList<CoreRelocation> CoreRelocations { get; init; } = [];

    /// <summary>False when the object says not to load it unless asked (a <c>?</c> before the section's name).</summary>
    public bool AutoLoad { get; set; } = true;

    /// <summary>The source line an instruction came from, or null.</summary>
    public SourceLine? LineAt(int slot)
    {
        int low = 0, high = Lines.Count - 1;
        SourceLine? found = null;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (Lines[middle].Instruction <= slot)
            {
                found = Lines[middle];
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }
        return found;
    }
}
