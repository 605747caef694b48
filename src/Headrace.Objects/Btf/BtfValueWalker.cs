using System.Buffers.Binary;
using System.Text;

namespace Headrace.Objects;

/// <summary>Goes through the bytes of a value as its type says.</summary>
internal sealed class BtfValueWalker(Btf types, IBtfValueSink sink)
{
    private const int BaseBudget = 1 << 12;
    private const int StepsPerByte = 16;

    private BtfBudget _budget = new(types, 0);

    /// <summary>Walks a value; more bytes than the type needs are left alone.</summary>
    /// <exception cref="ObjectException">Fewer bytes than the type needs, or types that loop.</exception>
    public void Walk(int id, ReadOnlySpan<byte> bytes)
    {
        _budget = new BtfBudget(types, BaseBudget + ((long)bytes.Length * StepsPerByte));
        long size = types.SizeOf(id);
        if (size > bytes.Length)
            throw types.Error($"a value of type {id} ('{types[id].Name}') has {size} bytes, only {bytes.Length} are there");
        Value(id, bytes);
    }

    private void Value(int id, ReadOnlySpan<byte> bytes)
    {
        _budget.Enter();
        int resolved = types.SkipModifiers(id);
        switch (types[resolved])
        {
            case BtfInt number:
                Integer(number, Take(bytes, number.Size));
                break;
            case BtfEnum @enum:
                Enum(@enum, Take(bytes, @enum.Size));
                break;
            case BtfPointer:
                sink.Address(BinaryPrimitives.ReadUInt64LittleEndian(Take(bytes, 8)));
                break;
            case BtfFloat number:
                Float(number, Take(bytes, number.Size));
                break;
            case BtfComposite composite:
                sink.BeginStruct();
                Members(composite, Take(bytes, composite.Size));
                sink.EndStruct();
                break;
            case BtfArray array:
                Array(array, bytes);
                break;
            case BtfVariable variable:
                Value(variable.TypeId, bytes);
                break;
            case BtfDataSection section:
                Section(section, bytes);
                break;
            default:
                throw types.Error($"type {resolved} ({types[resolved].Kind}) has no value");
        }
        _budget.Leave();
    }

    private ReadOnlySpan<byte> Take(ReadOnlySpan<byte> bytes, int size) => size <= bytes.Length
        ? bytes[..size]
        : throw types.Error($"a part of {size} bytes lies outside of its value: the types are damaged");

    private ReadOnlySpan<byte> From(ReadOnlySpan<byte> bytes, long offset) => offset <= bytes.Length
        ? bytes[(int)offset..]
        : throw types.Error($"a part at byte {offset} lies outside of its value: the types are damaged");

    private void Members(BtfComposite composite, ReadOnlySpan<byte> bytes)
    {
        foreach (BtfMember member in composite.Members)
        {
            _budget.Spend(1);
            int type = types.SkipModifiers(member.TypeId);
            if (member.Name.Length == 0 && types[type] is BtfComposite inner)
            {
                _budget.Enter();
                Members(inner, Take(From(bytes, member.BitOffset / 8), inner.Size));
                _budget.Leave();
                continue;
            }
            // Bit fields without a name only fill room.
            if (member.Name.Length == 0)
                continue;
            sink.Member(member.Name);
            int bits = BitsOf(member, types[type]);
            if (bits != 0)
                BitField(types[type], bytes, member.BitOffset, bits);
            else
                Value(type, From(bytes, member.BitOffset / 8));
        }
    }

    private static int BitsOf(BtfMember member, BtfType type) => member.BitSize != 0 ? member.BitSize
        : type is BtfInt number && (number.Bits != number.Size * 8 || member.BitOffset % 8 != 0) ? number.Bits
        : 0;

    private void BitField(BtfType type, ReadOnlySpan<byte> bytes, uint bitOffset, int bits)
    {
        if (bits > 64)
            throw types.Error($"a bit field of {bits} bits is wider than 64");
        int size = (int)(((bitOffset % 8) + (uint)bits + 7) / 8);
        ReadOnlySpan<byte> part = Take(From(bytes, bitOffset / 8), size);
        UInt128 raw = 0;
        for (int i = part.Length - 1; i >= 0; i--)
            raw = (raw << 8) | part[i];
        raw = (raw >> (int)(bitOffset % 8)) & ((UInt128.One << bits) - 1);
        switch (type)
        {
            case BtfEnum @enum:
                Constant(@enum, SignExtended(raw, bits, @enum.IsSigned));
                break;
            case BtfInt { Encoding: var encoding } when (encoding & BtfIntEncoding.Bool) != 0:
                sink.Boolean(raw != 0);
                break;
            default:
                sink.Number(SignExtended(raw, bits, type is BtfInt { IsSigned: true }));
                break;
        }
    }

    private static Int128 SignExtended(UInt128 raw, int bits, bool signed) =>
        signed ? (Int128)(raw << (128 - bits)) >> (128 - bits) : (Int128)raw;

    private void Integer(BtfInt number, ReadOnlySpan<byte> bytes)
    {
        UInt128 raw = 0;
        for (int i = bytes.Length - 1; i >= 0; i--)
            raw = (raw << 8) | bytes[i];
        if ((number.Encoding & BtfIntEncoding.Bool) != 0)
            sink.Boolean(raw != 0);
        else
            sink.Number(SignExtended(raw, bytes.Length * 8, number.IsSigned));
    }

    private void Enum(BtfEnum @enum, ReadOnlySpan<byte> bytes)
    {
        UInt128 raw = 0;
        for (int i = bytes.Length - 1; i >= 0; i--)
            raw = (raw << 8) | bytes[i];
        Constant(@enum, bytes.Length is > 0 and <= 8 ? SignExtended(raw, bytes.Length * 8, @enum.IsSigned) : 0);
    }

    private void Constant(BtfEnum @enum, Int128 value)
    {
        _budget.Spend(1 + (@enum.Values.Length / 32));
        foreach (BtfEnumerator constant in @enum.Values)
        {
            Int128 own = @enum.IsSigned ? constant.Value : (ulong)constant.Value;
            if (own == value)
            {
                sink.Constant(constant.Name);
                return;
            }
        }
        sink.Number(value);
    }

    private void Float(BtfFloat number, ReadOnlySpan<byte> bytes)
    {
        switch (number.Size)
        {
            case 4:
                sink.Number(BinaryPrimitives.ReadSingleLittleEndian(bytes));
                break;
            case 8:
                sink.Number(BinaryPrimitives.ReadDoubleLittleEndian(bytes));
                break;
            default:
                sink.Text(Convert.ToHexStringLower(bytes));
                break;
        }
    }

    private void Array(BtfArray array, ReadOnlySpan<byte> bytes)
    {
        long size = types.SizeOf(array.ElementTypeId);
        long total = size * array.Count;
        if (total > bytes.Length)
            throw types.Error($"an array of {total} bytes lies outside of its value: the types are damaged");
        if (IsText(array, bytes[..(int)total], out string text))
        {
            sink.Text(text);
            return;
        }
        sink.BeginArray();
        for (long i = 0; size != 0 && i < array.Count; i++)
            Value(array.ElementTypeId, bytes.Slice((int)(i * size), (int)size));
        sink.EndArray();
    }

    /// <summary>True for characters with an end: printable, and nothing but zeros behind the first zero.</summary>
    private bool IsText(BtfArray array, ReadOnlySpan<byte> bytes, out string text)
    {
        text = "";
        if (types[types.SkipModifiers(array.ElementTypeId)] is not BtfInt { Name: "char", Size: 1 })
            return false;
        int end = bytes.IndexOf((byte)0);
        if (end < 0 || bytes[end..].ContainsAnyExcept((byte)0) || bytes[..end].ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            return false;
        text = Encoding.ASCII.GetString(bytes[..end]);
        return true;
    }

    private void Section(BtfDataSection section, ReadOnlySpan<byte> bytes)
    {
        sink.BeginStruct();
        foreach (BtfSectionVariable place in section.Variables)
        {
            sink.Member(types[place.TypeId].Name);
            Value(place.TypeId, From(bytes, place.Offset));
        }
        sink.EndStruct();
    }
}
