using Headrace.Bytecode;

namespace Headrace.Objects.Writing;

/// <summary>Builds <c>.BTF.ext</c>: which function type and which source line belongs to each instruction (kernel documentation, bpf/btf.rst, section 4.2).</summary>
internal sealed class BtfExtensionWriter(BtfWriter types, string source)
{
    private const ushort Magic = 0xeb9f;
    private const int HeaderSize = 24;
    private const int FunctionRecordSize = 8;
    private const int LineRecordSize = 16;

    private readonly ByteWriter _functions = new();
    private readonly ByteWriter _lines = new();

    /// <summary>Adds a section's functions, with the type of each, and its lines.</summary>
    public void Add(AssemblySection section, IReadOnlyList<int> functionTypes)
    {
        if (section.Functions.Count > 0)
        {
            Begin(_functions, FunctionRecordSize);
            _functions.U32(types.Strings.Add(section.Name)).U32((uint)section.Functions.Count);
            for (int i = 0; i < section.Functions.Count; i++)
                _functions.U32((uint)section.Functions[i].Start * Instruction.SlotSize).U32((uint)functionTypes[i]);
        }
        if (section.Lines.Count == 0)
            return;
        Begin(_lines, LineRecordSize);
        _lines.U32(types.Strings.Add(section.Name)).U32((uint)section.Lines.Count);
        foreach (AssemblyLine line in section.Lines)
        {
            _lines.U32((uint)line.Slot * Instruction.SlotSize).U32(types.Strings.Add(source)).U32(types.Strings.Add(line.Text))
                .U32((uint)line.Line << 10);
        }
    }

    // A part starts with the size of its records, but libbpf refuses a part that has no more than that.
    private static void Begin(ByteWriter part, uint recordSize)
    {
        if (part.Length == 0)
            part.U32(recordSize);
    }

    /// <summary>The section's bytes; build them before the BTF, whose strings they add to.</summary>
    public byte[] ToBytes() => new ByteWriter()
        .U16(Magic).U8(1).U8(0).U32(HeaderSize)
        .U32(0).U32((uint)_functions.Length).U32((uint)_functions.Length).U32((uint)_lines.Length)
        .Bytes(_functions.Written).Bytes(_lines.Written).Written.ToArray();
}
