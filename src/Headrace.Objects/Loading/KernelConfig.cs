using System.Globalization;
using System.Text;
using Headrace.Bytecode;
using Headrace.Objects.Elf;

namespace Headrace.Objects.Loading;

/// <summary>
/// Externs of section <c>.kconfig</c>: the kernel's version and its configuration as constants of a map that the loader fills
/// (kernel documentation, bpf/libbpf/libbpf_overview.rst).
/// </summary>
internal sealed class KernelConfig(ElfFile elf, CollectionSpec spec, MapTable maps, ObjectOptions options, List<string> notes)
{
    private const string SectionName = ".kconfig";
    private const string KernelVersion = "LINUX_KERNEL_VERSION";
    private const string OptionPrefix = "CONFIG_";
    private const int MaxSize = 1 << 20;

    private sealed record Extern(string Name, int TypeId, int Size, int Alignment, bool IsWeak);

    public void Read()
    {
        if (spec.Types?.Find<BtfDataSection>(SectionName) is not { } section)
            return;
        HashSet<string> weak = WeakSymbols();
        List<Extern> externs = [];
        foreach (BtfSectionVariable place in section.Variables)
        {
            if (spec.Types[place.TypeId] is not BtfVariable variable)
                throw Error("", $"BTF type {place.TypeId} in it is no variable");
            long size = spec.Types.SizeOf(variable.TypeId);
            if (size is <= 0 or > MaxSize)
                throw Error(variable.Name, $"its type has {size} bytes");
            externs.Add(new Extern(variable.Name, variable.TypeId, (int)size, spec.Types.AlignmentOf(variable.TypeId), weak.Contains(variable.Name)));
        }
        // libbpf's order: it wastes no room on alignment.
        externs = [.. externs.OrderByDescending(item => item.Alignment).ThenByDescending(item => item.Size).ThenBy(item => item.Name, StringComparer.Ordinal)];
        Place(externs);
    }

    private void Place(List<Extern> externs)
    {
        long size = 0;
        List<(Extern Extern, int Offset)> places = [];
        foreach (Extern item in externs)
        {
            size = (size + item.Alignment - 1) / item.Alignment * item.Alignment;
            places.Add((item, (int)size));
            size += item.Size;
            if (size > MaxSize)
                throw Error("", $"its externs take more than {MaxSize} bytes");
        }
        if (size == 0)
            return;
        var map = new MapSpec
        {
            Name = SectionName,
            KernelName = DataSectionNames.KernelName(elf.File, SectionName),
            Type = MapType.Array,
            KeySize = sizeof(uint),
            ValueSize = (uint)size,
            MaxEntries = 1,
            Flags = MapFlags.ReadOnlyProgram | MapFlags.Mmapable,
            Data = new byte[size],
            Freeze = true,
        };
        int index = maps.Add(map);
        foreach ((Extern item, int offset) in places)
        {
            maps.AddExtern(item.Name, index, offset);
            Fill(item, map.Data.AsSpan(offset, item.Size));
            if (!spec.Variables.Contains(item.Name))
                spec.Variables.Add(new VariableSpec(elf.File, item.Name, map, offset, item.Size, item.TypeId));
        }
    }

    private void Fill(Extern item, Span<byte> bytes)
    {
        if (item.Name == KernelVersion)
            PutNumber(item, bytes, EncodeVersion(options.KernelVersion));
        else if (options.KernelConfig.TryGetValue(item.Name, out string? value))
            PutValue(item, bytes, value);
        else if (!item.IsWeak && item.Name.StartsWith(OptionPrefix, StringComparison.Ordinal))
            notes.Add($"extern {item.Name} has no value and reads as 0: give it in ObjectOptions.KernelConfig or set the variable");
    }

    // KERNEL_VERSION(a, b, c), linux/version.h
    private static ulong EncodeVersion(Version version) =>
        ((ulong)version.Major << 16) + ((ulong)version.Minor << 8) + (ulong)Math.Clamp(version.Build, 0, 255);

    private void PutValue(Extern item, Span<byte> bytes, string value)
    {
        if (value is ['"', .., '"'] && value.Length >= 2)
        {
            byte[] text = Encoding.UTF8.GetBytes(value[1..^1]);
            if (spec.Types![spec.Types.SkipModifiers(item.TypeId)] is not BtfArray)
                throw Error(item.Name, $"its value {value} is text, and it is no array of characters");
            text.AsSpan(0, Math.Min(text.Length, bytes.Length - 1)).CopyTo(bytes);
        }
        else if (value is "y" or "n" or "m")
            PutNumber(item, bytes, Tristate(item, value));
        else if (TryNumber(value, out ulong number))
            PutNumber(item, bytes, number);
        else
            throw Error(item.Name, $"its value '{value}' is none of y, m, n, a number, or text in double quotes");
    }

    // enum libbpf_tristate counts no, yes, module; a char holds the letter; a bool knows no module.
    private ulong Tristate(Extern item, string value)
    {
        BtfType type = spec.Types![spec.Types.SkipModifiers(item.TypeId)];
        if (type is BtfEnum)
            return value switch { "n" => 0, "y" => 1, _ => 2 };
        if (type is BtfInt number && (number.Encoding & BtfIntEncoding.Bool) != 0)
            return value == "y" ? 1UL : 0;
        return item.Size == 1 ? value[0] : value == "n" ? 0UL : 1;
    }

    private static bool TryNumber(string text, out ulong number)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out number);
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long signed))
        {
            number = (ulong)signed;
            return true;
        }
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private void PutNumber(Extern item, Span<byte> bytes, ulong number)
    {
        long signExtended = (long)number;
        int bits = item.Size * 8;
        bool fits = bits >= 64 || number >> bits == 0 || signExtended >> (bits - 1) == -1;
        if (item.Size is not (1 or 2 or 4 or 8) || !fits)
            throw Error(item.Name, $"the value {number} does not fit into its {item.Size} bytes");
        BitConverter.GetBytes(number).AsSpan(0, item.Size).CopyTo(bytes);
    }

    private HashSet<string> WeakSymbols()
    {
        HashSet<string> weak = [];
        foreach (ref readonly ElfSymbol symbol in elf.Symbols.AsSpan())
        {
            if (symbol.IsUndefined && symbol.Binding == ElfSymbolBinding.Weak)
                weak.Add(elf.NameOf(symbol));
        }
        return weak;
    }

    private ObjectException Error(string name, string reason) =>
        new(elf.File, name.Length == 0 ? $"section '{SectionName}'" : $"extern '{name}'", reason);
}
