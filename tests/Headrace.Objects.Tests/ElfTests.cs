using System.Buffers.Binary;
using Headrace.Bytecode;
using Headrace.Objects.Elf;

namespace Headrace.Objects.Tests;

public class ElfTests
{
    private const int SectionEntrySize = 64;

    [Fact]
    public void Section_counts_beyond_the_headers_fields_are_read_from_the_first_section()
    {
        byte[] bytes = File.ReadAllBytes(Clang.Compile(Sources.Globals, "counters"));
        CollectionSpec expected = CollectionSpec.Parse(bytes, "plain.o");
        int table = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(40));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(table + 32), BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(60)));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(table + 40), BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(62)));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(60), 0);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(62), 0xffff);
        AssertSame(expected, CollectionSpec.Parse(bytes, "extended.o"));
    }

    [Fact]
    public void Relocations_with_addends_mean_the_same()
    {
        byte[] bytes = File.ReadAllBytes(Clang.Compile(Sources.Subprograms, "calls"));
        CollectionSpec expected = CollectionSpec.Parse(bytes, "rel.o");
        AssertSame(expected, CollectionSpec.Parse(WithAddends(bytes), "rela.o"));
    }

    [Fact]
    public void Sections_that_share_bytes_are_refused()
    {
        byte[] bytes = File.ReadAllBytes(Clang.Compile(Sources.Globals, "counters"));
        int table = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(40));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(60));
        for (int i = 1; i < count; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(table + (i * SectionEntrySize) + 24), 0);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(table + (i * SectionEntrySize) + 32), (ulong)bytes.Length);
        }
        Assert.Throws<ObjectException>(() => CollectionSpec.Parse(bytes, "shared.o"));
    }

    [Fact]
    public void A_function_that_ends_inside_of_a_wide_load_is_refused()
    {
        byte[] bytes = File.ReadAllBytes(Clang.Compile("SEC(\"xdp\") long wide(void *c) { return 0x1122334455667788; }", "wide"));
        ElfFile elf = ElfFile.Parse(bytes, "wide.o");
        ElfSection symbols = elf.Sections.Single(section => section.Type == ElfSectionType.SymbolTable);
        int index = Array.FindIndex(elf.Symbols, symbol => symbol.Type == ElfSymbolType.Function);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan((int)symbols.Offset + (index * 24) + 16), Instruction.SlotSize);
        Assert.Contains("inside of a 64-bit load", Assert.Throws<ObjectException>(() => CollectionSpec.Parse(bytes, "wide.o")).Message);
    }

    private static void AssertSame(CollectionSpec expected, CollectionSpec actual)
    {
        Assert.Equal(expected.Programs.Select(program => program.Name), actual.Programs.Select(program => program.Name));
        foreach (ProgramSpec program in expected.Programs)
            Assert.Equal(program.Instructions, actual.Programs[program.Name].Instructions);
    }

    /// <summary>Rewrites the relocations of code: the value that stood in the instruction moves into the relocation.</summary>
    private static byte[] WithAddends(byte[] original)
    {
        ElfFile elf = ElfFile.Parse(original, "original");
        List<byte> bytes = [.. original];
        int table = BinaryPrimitives.ReadInt32LittleEndian(original.AsSpan(40));
        int rewritten = 0;
        foreach (ElfSection section in elf.Sections.Where(section => section.IsRelocations && elf.Sections[section.Info].IsCode))
        {
            int start = bytes.Count;
            foreach (ElfRelocation relocation in elf.Relocations(section))
            {
                int at = (int)(elf.Sections[section.Info].Offset + relocation.Offset);
                int immediate = BinaryPrimitives.ReadInt32LittleEndian(original.AsSpan(at + 4));
                bool isCall = original[at] == 0x85;
                bytes.AddRange(BitConverter.GetBytes(relocation.Offset));
                bytes.AddRange(BitConverter.GetBytes(((ulong)relocation.Symbol << 32) | relocation.Type));
                bytes.AddRange(BitConverter.GetBytes(isCall ? (immediate + 1L) * Instruction.SlotSize : immediate));
                Put(at + 4, BitConverter.GetBytes(0));
                rewritten++;
            }
            int entry = table + (section.Index * SectionEntrySize);
            Put(entry + 4, BitConverter.GetBytes((uint)ElfSectionType.RelocationsWithAddend));
            Put(entry + 24, BitConverter.GetBytes((ulong)start));
            Put(entry + 32, BitConverter.GetBytes((ulong)(bytes.Count - start)));
            Put(entry + 56, BitConverter.GetBytes(24UL));
        }
        Assert.True(rewritten > 3);
        return [.. bytes];

        void Put(int at, byte[] value)
        {
            for (int i = 0; i < value.Length; i++)
                bytes[at + i] = value[i];
        }
    }
}
