namespace Headrace.Objects;

/// <summary>The <c>.BTF.ext</c> section: what each instruction range of a section is (kernel documentation, bpf/btf.rst, ".BTF.ext section").</summary>
internal sealed class BtfExtension
{
    private const ushort Magic = 0xeb9f;
    private const int HeaderSize = 24;
    private const int HeaderSizeWithRelocations = 32;

    private BtfExtension(Region region, Btf btf)
    {
        if (region.U16(0) != Magic)
            throw region.Error($"it starts with {region.U16(0):x4} instead of {Magic:x4}: this is no .BTF.ext section");
        uint header = region.U32(4);
        if (header < HeaderSize)
            throw region.Error($"its header says {header} bytes; {HeaderSize} are the least");
        Functions = Read(Part(region, header, 8, "function information"), btf, 8,
            (part, at) => new BtfFunctionRecord(part.U32(at), part.U32(at + 4)));
        Lines = Read(Part(region, header, 16, "line information"), btf, 16,
            (part, at) => new BtfLineRecord(part.U32(at), part.U32(at + 4), part.U32(at + 8), part.U32(at + 12)));
        Relocations = header < HeaderSizeWithRelocations ? [] : Read(Part(region, header, 24, "CO-RE relocations"), btf, 16,
            (part, at) => new BtfRelocationRecord(part.U32(at), part.U32(at + 4), part.U32(at + 8), part.U32(at + 12)));
    }

    /// <summary>Functions by section name.</summary>
    public Dictionary<string, List<BtfFunctionRecord>> Functions { get; }

    /// <summary>Source lines by section name.</summary>
    public Dictionary<string, List<BtfLineRecord>> Lines { get; }

    /// <summary>CO-RE relocations by section name.</summary>
    public Dictionary<string, List<BtfRelocationRecord>> Relocations { get; }

    public static BtfExtension Parse(Region region, Btf btf) => new(region, btf);

    private static Region Part(Region region, uint header, int field, string what) =>
        region.Slice((ulong)header + region.U32(field), region.U32(field + 4), $"{region.Name}, {what}");

    private static Dictionary<string, List<T>> Read<T>(Region part, Btf btf, int leastSize, Func<Region, long, T> record)
    {
        Dictionary<string, List<T>> sections = [];
        if (part.Length == 0)
            return sections;
        uint size = part.U32(0);
        if (size < leastSize || size % 4 != 0)
            throw part.Error($"its records have {size} bytes; {leastSize} are the least");
        long at = 4;
        while (at < part.Length)
        {
            string section = btf.Text(part.U32(at));
            uint count = part.U32(at + 4);
            at += 8;
            if (count == 0 || count > (part.Length - at) / size)
                throw part.Error(at - 4, $"{count} records of {size} bytes are announced, {part.Length - at} bytes are left");
            if (!sections.TryGetValue(section, out List<T>? records))
                sections.Add(section, records = new List<T>((int)count));
            for (; count > 0; count--, at += size)
                records.Add(record(part, at));
        }
        return sections;
    }
}
