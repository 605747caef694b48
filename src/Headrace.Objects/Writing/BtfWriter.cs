namespace Headrace.Objects.Writing;

/// <summary>Builds a BTF blob type by type (kernel documentation, bpf/btf.rst). Types are numbered from 1 in the order they are added.</summary>
internal sealed class BtfWriter
{
    private const ushort Magic = 0xeb9f;
    private const int HeaderSize = 24;

    private readonly ByteWriter _types = new();
    private readonly Dictionary<int, int> _integers = [];
    private int _count;

    /// <summary>The strings, which .BTF.ext shares.</summary>
    public StringTableWriter Strings { get; } = new();

    /// <summary>An unsigned integer of 1, 2, 4 or 8 bytes; the same one every time.</summary>
    public int Integer(int size)
    {
        if (!_integers.TryGetValue(size, out int id))
        {
            string name = size switch { 1 => "unsigned char", 2 => "unsigned short", 4 => "unsigned int", _ => "unsigned long long" };
            _integers.Add(size, id = Start(name, BtfKind.Int, 0, (uint)size));
            _types.U32((uint)(size * 8));
        }
        return id;
    }

    /// <summary>A truth value of one byte.</summary>
    public int Boolean()
    {
        const uint isBool = 4u << 24; // BTF_INT_BOOL
        int id = Start("_Bool", BtfKind.Int, 0, 1);
        _types.U32(isBool | 8);
        return id;
    }

    public int Pointer(int target) => Start("", BtfKind.Pointer, 0, (uint)target);

    /// <summary>A tag on what a pointer leads to.</summary>
    public int TypeTag(string tag, int target) => Start(tag, BtfKind.TypeTag, 0, (uint)target);

    /// <summary>A tag on a function's parameter.</summary>
    public int ParameterTag(string tag, int function, int parameter)
    {
        int id = Start(tag, BtfKind.DeclarationTag, 0, (uint)function);
        _types.U32((uint)parameter);
        return id;
    }

    public int Const(int target) => Start("", BtfKind.Const, 0, (uint)target);

    public int Array(int element, uint count)
    {
        int index = Integer(4);
        int id = Start("", BtfKind.Array, 0, 0);
        _types.U32((uint)element).U32((uint)index).U32(count);
        return id;
    }

    /// <summary>A struct; members lie at byte offsets.</summary>
    public int Struct(string name, uint size, IReadOnlyList<(string Name, int Type, uint Offset)> members)
    {
        int id = Start(name, BtfKind.Struct, members.Count, size);
        foreach ((string member, int type, uint offset) in members)
            _types.U32(Strings.Add(member)).U32((uint)type).U32(offset * 8);
        return id;
    }

    public int Prototype(int returnType, params ReadOnlySpan<(string Name, int Type)> parameters)
    {
        int id = Start("", BtfKind.Prototype, parameters.Length, (uint)returnType);
        foreach ((string name, int type) in parameters)
            _types.U32(Strings.Add(name)).U32((uint)type);
        return id;
    }

    public int Function(string name, int prototype, BtfLinkage linkage) => Start(Identifier(name), BtfKind.Function, (int)linkage, (uint)prototype);

    public int Variable(string name, int type, BtfLinkage linkage)
    {
        int id = Start(Identifier(name), BtfKind.Variable, 0, (uint)type);
        _types.U32((uint)linkage);
        return id;
    }

    public int DataSection(string name, uint size, IReadOnlyList<(int Type, uint Offset, uint Size)> variables)
    {
        int id = Start(name, BtfKind.DataSection, variables.Count, size);
        foreach ((int type, uint offset, uint length) in variables)
            _types.U32((uint)type).U32(offset).U32(length);
        return id;
    }

    /// <summary>The blob.</summary>
    public byte[] ToBytes() => new ByteWriter()
        .U16(Magic).U8(1).U8(0).U32(HeaderSize)
        .U32(0).U32((uint)_types.Length).U32((uint)_types.Length).U32((uint)Strings.Written.Length)
        .Bytes(_types.Written).Bytes(Strings.Written).Written.ToArray();

    // The kernel takes names of C identifiers and dots; symbols may hold more.
    private static string Identifier(string name) =>
        string.Concat(name.Select((c, i) => char.IsAsciiLetter(c) || c is '_' or '.' || (i > 0 && char.IsAsciiDigit(c)) ? c : '_'));

    private int Start(string name, BtfKind kind, int length, uint sizeOrType)
    {
        _types.U32(Strings.Add(name)).U32(((uint)kind << 24) | (uint)length).U32(sizeOrType);
        return ++_count;
    }
}
