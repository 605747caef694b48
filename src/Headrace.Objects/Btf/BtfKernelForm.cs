using System.Buffers.Binary;

namespace Headrace.Objects;

/// <summary>
/// Rewrites what no kernel takes: variables and functions that are defined elsewhere, and the sections <c>.kconfig</c> and <c>.ksyms</c>
/// that list them. Every type keeps its id.
/// </summary>
internal static class BtfKernelForm
{
    private const int HeaderSize = 12;
    private const int WordBits = 32;
    private const uint FlagAndCount = 0x8000_ffff;

    /// <summary>The blob itself where there is nothing to rewrite, otherwise a changed copy.</summary>
    public static ReadOnlyMemory<byte> Of(Btf types, ReadOnlyMemory<byte> raw, Region records, ReadOnlySpan<int> offsets)
    {
        int number = 0;
        bool needed = false;
        for (int id = types.FirstOwnId; id < types.Count; id++)
        {
            BtfType type = types[id];
            needed |= IsExtern(type);
            if (number == 0 && type is BtfInt { Size: 4 })
                number = id;
        }
        if (!needed || number == 0)
            return raw;
        byte[] copy = raw.ToArray();
        // The records are a part of the blob; the copy has them at the same place.
        Span<byte> bytes = copy.AsSpan(RecordsStart(copy), records.Length);
        for (int id = types.FirstOwnId; id < types.Count; id++)
        {
            Span<byte> record = bytes[offsets[id - types.FirstOwnId]..];
            switch (types[id])
            {
                case BtfVariable { Linkage: BtfLinkage.Extern } variable:
                    Put(record, 12, (uint)BtfLinkage.Global);
                    if (types.TrySizeOf(variable.TypeId) is null or 0)
                        Put(record, 8, (uint)number);
                    break;
                case BtfFunction { Linkage: BtfLinkage.Extern } function:
                    Put(record, 4, (Word(record, 4) & ~FlagAndCount) | (uint)BtfLinkage.Global);
                    NameParameters(types, function, bytes, offsets, Word(record, 0));
                    break;
                case BtfDataSection section when section.Variables.Any(place => IsExtern(types[place.TypeId])):
                    MakeStruct(record, section.Variables.Length, number);
                    break;
            }
        }
        return copy;
    }

    private static bool IsExtern(BtfType type) => type is BtfVariable { Linkage: BtfLinkage.Extern } or BtfFunction { Linkage: BtfLinkage.Extern };

    private static int RecordsStart(ReadOnlySpan<byte> blob) => (int)(Word(blob, 4) + Word(blob, 8));

    /// <summary>The kernel wants a name for each parameter of a function that others see; the compiler gives none to a mere declaration.</summary>
    private static void NameParameters(Btf types, BtfFunction function, Span<byte> bytes, ReadOnlySpan<int> offsets, uint name)
    {
        if (function.TypeId < types.FirstOwnId || types[function.TypeId] is not BtfPrototype prototype)
            return;
        Span<byte> record = bytes[offsets[function.TypeId - types.FirstOwnId]..];
        for (int i = 0; i < prototype.Parameters.Length; i++)
        {
            if (prototype.Parameters[i] is { Name: "", TypeId: not 0 })
                Put(record, HeaderSize + (i * 8), name);
        }
    }

    /// <summary>A section of n entries becomes a struct of n unnamed numbers: a record of the same size that means nothing.</summary>
    private static void MakeStruct(Span<byte> record, int count, int number)
    {
        Put(record, 0, 0);
        Put(record, 4, ((uint)BtfKind.Struct << 24) | (uint)count);
        Put(record, 8, (uint)count * (WordBits / 8));
        for (int i = 0; i < count; i++)
        {
            int entry = HeaderSize + (i * 12);
            Put(record, entry, 0);
            Put(record, entry + 4, (uint)number);
            Put(record, entry + 8, (uint)i * WordBits);
        }
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static void Put(Span<byte> bytes, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], value);
}
