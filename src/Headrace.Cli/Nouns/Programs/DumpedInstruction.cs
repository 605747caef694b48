using System.Globalization;
using System.Text.Json;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Cli.Nouns.Programs;

/// <summary>An instruction of a dump, of either kind.</summary>
/// <param name="Place">Its slot, or its byte in machine code.</param>
/// <param name="Operation">Its text, or the operation of machine code.</param>
/// <param name="Operands">Operands of machine code; null for eBPF.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Line">The source line that starts here; null when none does.</param>
internal sealed record DumpedInstruction(int Place, string Operation, IReadOnlyList<string>? Operands, byte[] Bytes, SourceLine? Line)
{
    private const int Slot = 8;

    public static DumpedInstruction OfTranslated(TranslatedListing listing, int slot) => new(slot, listing.Format(slot), null,
        listing.Code[(slot * Slot)..((slot + listing.Instructions[slot].Slots) * Slot)], listing.LineAt(slot));

    public static DumpedInstruction OfMachineCode(MachineInstruction instruction) =>
        new(instruction.Offset, instruction.Operation, instruction.Operands, instruction.Bytes, instruction.Line);

    public string Text(bool machineCode) => machineCode
        ? string.Create(CultureInfo.InvariantCulture, $"{Place,4:x}:\t{(Operands!.Count == 0 ? Operation : $"{Operation,-6} {string.Join(',', Operands)}")}")
        : string.Create(CultureInfo.InvariantCulture, $"{Place,4}: {Operation}");

    public void WriteJson(Utf8JsonWriter json, bool opcodes)
    {
        if (Operands is null)
        {
            json.WriteString("disasm", Operation);
            if (!opcodes)
                return;
            json.WriteStartObject("opcodes");
            json.WriteString("code", string.Create(CultureInfo.InvariantCulture, $"0x{Bytes[0]:x2}"));
            json.WriteString("src_reg", Hex(Bytes[1] >> 4));
            json.WriteString("dst_reg", Hex(Bytes[1] & 15));
            json.WriteBytes("off", Bytes.AsSpan(2, 2));
            // Of a wide load, the lower half and the whole second slot, as bpftool has them.
            json.WriteBytes("imm", Bytes.AsSpan(4));
            json.WriteEndObject();
            return;
        }
        json.WriteString("pc", Hex(Place));
        json.WriteString("operation", Operation);
        json.WriteTexts("operands", Operands);
        if (opcodes)
            json.WriteBytes("opcodes", Bytes);
    }

    private static string Hex(int value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");
}
