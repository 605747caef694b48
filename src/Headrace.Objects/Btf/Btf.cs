using System.Buffers.Binary;

namespace Headrace.Objects;

/// <summary>
/// BTF: the types of an object or of a kernel (kernel documentation, bpf/btf.rst). Types are numbered from 1; 0 is void.
/// </summary>
/// <remarks>
/// Opening checks the shape of the blob once and takes a few milliseconds for a kernel's; types are decoded when they are first asked for.
/// It may be used from several threads.
/// </remarks>
public sealed partial class Btf
{
    private const ushort Magic = 0xeb9f;
    private const int HeaderSize = 24;

    private readonly Region _types;
    private readonly StringTable _strings;
    private readonly Btf? _base;
    private readonly int _firstId;
    private readonly uint _firstString;
    private readonly int[] _offsets;
    private readonly BtfType?[] _decoded;

    private Btf(ReadOnlyMemory<byte> bytes, string source, Btf? @base)
    {
        Source = source;
        Raw = bytes;
        var file = new Region(source, "BTF", bytes);
        ushort magic = file.U16(0);
        if (magic == BinaryPrimitives.ReverseEndianness(Magic))
            throw file.Error("it is big-endian: only little-endian BTF can be read");
        if (magic != Magic)
            throw file.Error($"it starts with {magic:x4} instead of {Magic:x4}: this is no BTF");
        if (file.U8(2) != 1)
            throw file.Error($"version {file.U8(2)} is not known, only version 1");
        uint headerSize = file.U32(4);
        if (headerSize < HeaderSize)
            throw file.Error($"its header says {headerSize} bytes; {HeaderSize} are the least");
        Region types = file.Slice((ulong)headerSize + file.U32(8), file.U32(12), "BTF types");
        _types = types;
        _strings = new StringTable(file.Slice((ulong)headerSize + file.U32(16), file.U32(20), "BTF strings"));
        _base = @base;
        _firstId = @base?.Count ?? 1;
        _firstString = @base is null ? 0 : @base._firstString + (uint)@base._strings.Length;
        _offsets = BtfScan.Offsets(types);
        _decoded = new BtfType?[_offsets.Length];
        Count = _firstId + _offsets.Length;
        new BtfScan(types, _offsets, Count, _firstString + (uint)Math.Max(_strings.Length, 1)).Check();
    }

    /// <summary>Where it came from, for errors.</summary>
    public string Source { get; }

    /// <summary>The blob as it stands in the file.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    /// <summary>
    /// The blob as a kernel takes it: <see cref="Raw"/>, but for what is defined elsewhere (<c>.kconfig</c>, <c>.ksyms</c>), which is
    /// replaced by types of the same ids. Strings stand where they stand in <see cref="Raw"/>.
    /// </summary>
    public ReadOnlyMemory<byte> KernelForm => BtfKernelForm.Of(this, Raw, _types, _offsets);

    /// <summary>The types this one builds upon (a kernel module's are numbered behind the kernel's), or null.</summary>
    public Btf? Base => _base;

    /// <summary>Number of types with void: ids run from 0 to <c>Count - 1</c>, those of <see cref="Base"/> first.</summary>
    public int Count { get; }

    /// <summary>The id of the first type that is its own and not its base's.</summary>
    public int FirstOwnId => _firstId;

    /// <summary>The type of an id.</summary>
    /// <exception cref="ObjectException">There is no such id.</exception>
    public BtfType this[int id]
    {
        get
        {
            if (id == 0)
                return BtfVoid.Instance;
            if ((uint)id >= (uint)Count)
                throw Error($"type {id} is asked for, but there are {Count - 1}");
            if (id < _firstId)
                return _base![id];
            return _decoded[id - _firstId] ??= Decode(_offsets[id - _firstId]);
        }
    }

    /// <summary>Reads a blob such as <c>/sys/kernel/btf/vmlinux</c>.</summary>
    /// <exception cref="ObjectException">It is no BTF, or damaged.</exception>
    public static Btf Parse(ReadOnlyMemory<byte> bytes, string source, Btf? @base = null) => new(bytes, source, @base);

    /// <summary>Reads a file: raw BTF, or an ELF file with a <c>.BTF</c> section.</summary>
    /// <exception cref="ObjectException">It cannot be read, is no BTF, or is damaged.</exception>
    public static Btf Load(string path, Btf? @base = null)
    {
        byte[] bytes = FileBytes.Read(path);
        if (!bytes.AsSpan().StartsWith("\u007fELF"u8))
            return Parse(bytes, path, @base);
        Elf.ElfFile elf = Elf.ElfFile.Parse(bytes, path);
        Elf.ElfSection section = elf.Find(".BTF")
            ?? throw new ObjectException(path, "", "it has no .BTF section: compile with -g to have types");
        return Parse(elf.Contents(section).Memory, path, @base);
    }

    /// <summary>The string at an offset, as line information refers to it.</summary>
    public string Text(uint offset) => offset < _firstString ? _base!.Text(offset) : _strings[offset - _firstString];

    /// <summary>Kind of a type, without decoding it.</summary>
    internal BtfKind KindOf(int id)
    {
        if (id < _firstId)
            return id <= 0 ? BtfKind.Void : _base!.KindOf(id);
        if (id >= Count)
            throw Error($"type {id} is asked for, but there are {Count - 1}");
        return (BtfKind)((U32(_offsets[id - _firstId] + 4) >> 24) & 0x1f);
    }

    /// <summary>The first bytes of a type's name, without decoding the type.</summary>
    internal ReadOnlySpan<byte> NameBytes(int id)
    {
        if (id < _firstId)
            return id <= 0 ? [] : _base!.NameBytes(id);
        uint offset = U32(_offsets[id - _firstId]);
        for (Btf owner = this; ; owner = owner._base!)
        {
            if (offset >= owner._firstString)
                return owner._strings.Utf8(offset - owner._firstString, MaxNameLength);
        }
    }

    internal ObjectException Error(string reason) => new(Source, "BTF", reason);

    private uint U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_types.Span[offset..]);
}
