using System.Buffers.Binary;
using Headrace.Objects.Elf;

namespace Headrace.Objects.Loading;

/// <summary>
/// Reads an object's <c>.BTF</c> and completes it: the compiler leaves section sizes at 0 and the places of variables to relocations.
/// </summary>
internal static class ObjectTypes
{
    private const int RecordSize = 12;
    private const int HeaderSize = 24;

    public static Btf? Read(ElfFile elf)
    {
        if (elf.Find(".BTF") is not { Size: > 0 } section)
            return null;
        Region original = elf.Contents(section);
        byte[] bytes = original.Memory.ToArray();
        var region = new Region(elf.File, section.Title, bytes);
        foreach (ElfSection relocations in elf.Sections)
        {
            if (relocations.IsRelocations && relocations.Info == (uint)section.Index)
                ApplyRelocations(elf, relocations, region, bytes);
        }
        CompleteSections(elf, region, bytes);
        return Btf.Parse(bytes, elf.File);
    }

    private static void ApplyRelocations(ElfFile elf, ElfSection relocations, Region region, byte[] bytes)
    {
        foreach (ElfRelocation relocation in elf.Relocations(relocations))
        {
            if (relocation.Offset > (ulong)Math.Max(bytes.Length - 4, 0))
                throw region.Error($"a relocation is meant for byte {relocation.Offset}, the section has {bytes.Length}");
            long at = (long)relocation.Offset;
            uint value = (uint)((relocation.Addend ?? region.U32(at)) + (long)elf.Symbols[relocation.Symbol].Value);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan((int)at), value);
        }
    }

    private static void CompleteSections(ElfFile elf, Region file, byte[] bytes)
    {
        if (bytes.Length < HeaderSize)
            return;
        ulong start = (ulong)file.U32(4) + file.U32(8);
        Region types = file.Slice(start, file.U32(12), "BTF types");
        var strings = new StringTable(file.Slice((ulong)file.U32(4) + file.U32(16), file.U32(20), "BTF strings"));
        HashSet<string> hidden = HiddenFunctions(elf);
        foreach (int offset in BtfScan.Offsets(types))
        {
            uint info = types.U32(offset + 4);
            if (hidden.Count > 0 && (BtfKind)((info >> 24) & 0x1f) == BtfKind.Function && hidden.Contains(strings[types.U32(offset)]))
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan((int)start + offset + 4), info & ~0xffffu);
            if ((BtfKind)((info >> 24) & 0x1f) != BtfKind.DataSection)
                continue;
            Span<byte> record = bytes.AsSpan((int)start + offset);
            SortVariables(record[RecordSize..], (int)(info & 0xffff));
            if (types.U32(offset + 8) == 0 && elf.Find(strings[types.U32(offset)]) is { Size: <= int.MaxValue } section)
                BinaryPrimitives.WriteUInt32LittleEndian(record[8..], (uint)section.Size);
        }
    }

    // A hidden function is static to the kernel, as it is to libbpf: it is verified with its callers and not on its own.
    private static HashSet<string> HiddenFunctions(ElfFile elf)
    {
        HashSet<string> names = [];
        foreach (ref readonly ElfSymbol symbol in elf.Symbols.AsSpan())
        {
            if (symbol.Type == ElfSymbolType.Function && symbol.IsHidden)
                names.Add(elf.NameOf(symbol));
        }
        return names;
    }

    /// <summary>Brings a section's variables into the order of their places, which is what a kernel takes.</summary>
    private static void SortVariables(Span<byte> variables, int count)
    {
        var places = new (uint Offset, uint Type, uint Size)[count];
        for (int i = 0; i < count; i++)
        {
            Span<byte> entry = variables[(i * RecordSize)..];
            places[i] = (BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]), BinaryPrimitives.ReadUInt32LittleEndian(entry),
                BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]));
        }
        Array.Sort(places);
        for (int i = 0; i < count; i++)
        {
            Span<byte> entry = variables[(i * RecordSize)..];
            BinaryPrimitives.WriteUInt32LittleEndian(entry, places[i].Type);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], places[i].Offset);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], places[i].Size);
        }
    }
}
