using System.Globalization;

namespace Headrace.Objects;

/// <summary>
/// What must be written into a struct or union so that a C compiler puts every member where BTF says it is: bit fields without a name
/// in the holes, and <c>packed</c> where a member is less aligned than its type asks for.
/// </summary>
internal sealed class BtfLayout
{
    private static readonly (int Bits, string Type)[] s_units = [(64, "long"), (32, "int"), (16, "short"), (8, "char")];

    private readonly Btf _types;
    private readonly BtfComposite _composite;
    private readonly int _alignment;
    private readonly bool _packed;
    private long _position; // bits that are used up

    public BtfLayout(Btf types, int id, BtfComposite composite)
    {
        _types = types;
        _composite = composite;
        _alignment = types.AlignmentOf(id);
        _packed = composite.Members.Any(member => AlignmentOf(member) > _alignment);
    }

    /// <summary>What follows the closing brace.</summary>
    public string Attribute
    {
        get
        {
            if (_packed)
                return " __attribute__((packed))";
            // A union has no holes to fill: only its alignment can make it larger than its members.
            if (!IsUnion || _composite.Size == 0 || RoundUp(_position, _alignment * 8L) == _composite.Size * 8L)
                return "";
            int alignment = _composite.Size & -_composite.Size;
            return string.Create(CultureInfo.InvariantCulture, $" __attribute__((aligned({alignment})))");
        }
    }

    private bool IsUnion => _composite.Kind == BtfKind.Union;

    /// <summary>How an enum is given a size that its constants alone would not give it.</summary>
    public static string ModeOf(BtfEnum type) => type.Size switch
    {
        1 => " __attribute__((mode(byte)))",
        2 => " __attribute__((mode(HI)))",
        8 when type.Values.All(value => type.IsSigned ? value.Value == (int)value.Value : (ulong)value.Value <= uint.MaxValue) => " __attribute__((mode(DI)))",
        _ => "",
    };

    /// <summary>The fields that fill the hole in front of a member.</summary>
    public IEnumerable<string> PaddingBefore(BtfMember member)
    {
        long size = (_types.TrySizeOf(member.TypeId) ?? 0) * 8;
        if (IsUnion)
        {
            _position = Math.Max(_position, member.BitSize != 0 ? member.BitSize : size);
            return [];
        }
        List<string> fields = [];
        if (NaturalPlace(member, size) < member.BitOffset)
            Fill(fields, member.BitOffset, member, size);
        _position = member.BitOffset + (member.BitSize != 0 ? member.BitSize : size);
        return fields;
    }

    /// <summary>The fields that fill the hole behind the last member.</summary>
    public IEnumerable<string> PaddingAtEnd()
    {
        List<string> fields = [];
        long end = _composite.Size * 8L;
        if (!IsUnion && RoundUp(_position, _packed ? 8 : _alignment * 8L) < end)
            Fill(fields, end, null, 0);
        return fields;
    }

    private void Fill(List<string> fields, long target, BtfMember? next, long nextSize)
    {
        // The types are as large as they say; a hole of more than this is no layout a compiler made.
        const long LargestHole = 1L << 20;
        if (target - _position > LargestHole)
            throw _types.Error($"type '{_composite.Name}' has a hole of {(target - _position) / 8} bytes: it is damaged or hostile");
        while (_position < target && (next is not { } member || NaturalPlace(member, nextSize) < target))
        {
            long left = target - _position, inByte = _position % 8;
            (int bits, string type) = inByte != 0 || left < 8
                ? ((int)Math.Min(left, 8 - inByte), "char")
                : s_units.First(unit => _position % unit.Bits == 0 && unit.Bits <= left);
            fields.Add(string.Create(CultureInfo.InvariantCulture, $"{type}: {bits}"));
            _position += bits;
        }
    }

    /// <summary>Where a compiler would put a member that comes next, in bits.</summary>
    private long NaturalPlace(BtfMember member, long size)
    {
        long alignment = AlignmentOf(member) * 8L;
        if (member.BitSize == 0)
            return RoundUp(_position, _packed ? 8 : alignment);
        // A bit field does not cross the boundary of a unit of its type.
        bool fits = _packed || size == 0 || (_position % size) + member.BitSize <= size;
        return fits ? _position : RoundUp(_position, alignment);
    }

    private int AlignmentOf(BtfMember member) => _types.AlignmentOf(member.TypeId);

    private static long RoundUp(long bits, long unit) => (bits + unit - 1) / unit * unit;
}
