using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Headrace.Objects;

namespace Headrace.Cli.Nouns.Types;

/// <summary>Writes a value as bpftool does: what has no name stands under an empty key, bit fields are hexadecimal text, pointers numbers.</summary>
/// <remarks><see cref="BtfValues.WriteJson"/> writes a form that is easier to read; scripts made for bpftool expect this one.</remarks>
internal sealed class BtfValueJson(Btf types, Utf8JsonWriter json)
{
    private const int MaxDepth = 64;

    private int _depth;

    /// <summary>Writes one value.</summary>
    /// <exception cref="ObjectException">The value is shorter than its type, or the types loop.</exception>
    public void Write(int id, ReadOnlySpan<byte> bytes)
    {
        if (++_depth > MaxDepth)
            throw new ObjectException(types.Source, "BTF", $"types are nested more than {MaxDepth} deep at type {id}");
        id = types.SkipModifiers(id);
        switch (types[id])
        {
            case BtfInt number:
                Integer(number, Part(bytes, 0, number.Size));
                break;
            case BtfEnum @enum:
                Constant(@enum, Part(bytes, 0, @enum.Size));
                break;
            case BtfPointer:
                json.WriteNumberValue(BinaryPrimitives.ReadUInt64LittleEndian(Part(bytes, 0, sizeof(ulong))));
                break;
            case BtfFloat { Size: sizeof(double) }:
                Float(BinaryPrimitives.ReadDoubleLittleEndian(Part(bytes, 0, sizeof(double))));
                break;
            case BtfFloat { Size: sizeof(float) }:
                Float(BinaryPrimitives.ReadSingleLittleEndian(Part(bytes, 0, sizeof(float))));
                break;
            case BtfArray array:
                Array(array, bytes);
                break;
            case BtfComposite composite:
                Members(composite, Part(bytes, 0, composite.Size));
                break;
            case BtfVariable variable:
                Write(variable.TypeId, bytes);
                break;
            case BtfDataSection section:
                Section(section, bytes);
                break;
            default:
                json.WriteNullValue();
                break;
        }
        _depth--;
    }

    private ReadOnlySpan<byte> Part(ReadOnlySpan<byte> bytes, long offset, long size) => offset + size <= bytes.Length
        ? bytes.Slice((int)offset, (int)size)
        : throw new ObjectException(types.Source, "BTF", $"a part of {size} bytes at byte {offset} lies outside of its value of {bytes.Length} bytes");

    private void Members(BtfComposite composite, ReadOnlySpan<byte> bytes)
    {
        json.WriteStartObject();
        foreach (BtfMember member in composite.Members)
        {
            json.WritePropertyName(member.Name);
            if (member.BitSize != 0)
                json.WriteStringValue(Hexadecimal(Bits(bytes, member.BitOffset, member.BitSize)));
            else
                Write(member.TypeId, bytes[Math.Min((int)(member.BitOffset / 8), bytes.Length)..]);
        }
        json.WriteEndObject();
    }

    private UInt128 Bits(ReadOnlySpan<byte> bytes, uint offset, int count)
    {
        ReadOnlySpan<byte> part = Part(bytes, offset / 8, ((offset % 8) + (uint)count + 7) / 8);
        UInt128 raw = Unsigned(part);
        return (raw >> (int)(offset % 8)) & ((UInt128.One << count) - 1);
    }

    private static UInt128 Unsigned(ReadOnlySpan<byte> bytes)
    {
        UInt128 raw = 0;
        for (int i = bytes.Length - 1; i >= 0; i--)
            raw = (raw << 8) | bytes[i];
        return raw;
    }

    private void Integer(BtfInt number, ReadOnlySpan<byte> bytes)
    {
        UInt128 raw = Unsigned(bytes);
        if ((number.Encoding & BtfIntEncoding.Bool) != 0)
            json.WriteBooleanValue(raw != 0);
        else if (bytes.Length > sizeof(ulong) || number.Bits != number.Size * 8)
            json.WriteStringValue(Hexadecimal(raw));
        else if (number.IsSigned)
            json.WriteNumberValue(Signed(raw, bytes.Length));
        else
            json.WriteNumberValue((ulong)raw);
    }

    private static long Signed(UInt128 raw, int size) => (long)((ulong)raw << (64 - (size * 8))) >> (64 - (size * 8));

    // Compilers do not always say that an enum is signed: bpftool takes all for signed.
    private void Constant(BtfEnum @enum, ReadOnlySpan<byte> bytes)
    {
        int size = Math.Min(bytes.Length, sizeof(ulong));
        long value = Signed(Unsigned(bytes[..size]), size);
        foreach (BtfEnumerator constant in @enum.Values)
        {
            if (Signed((ulong)constant.Value, size) == value)
            {
                json.WriteStringValue(constant.Name);
                return;
            }
        }
        json.WriteNumberValue(value);
    }

    private void Float(double value)
    {
        if (double.IsFinite(value))
            json.WriteNumberValue(value);
        else
            json.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }

    private void Array(BtfArray array, ReadOnlySpan<byte> bytes)
    {
        long size = types.SizeOf(array.ElementTypeId);
        ReadOnlySpan<byte> part = Part(bytes, 0, size * array.Count);
        if (IsCharacter(array.ElementTypeId) && part.IndexOf((byte)0) is var end and >= 0 && !part[..end].ContainsAnyExceptInRange((byte)' ', (byte)'~'))
        {
            json.WriteStringValue(Encoding.ASCII.GetString(part[..end]));
            return;
        }
        json.WriteStartArray();
        for (long i = 0; size != 0 && i < array.Count; i++)
            Write(array.ElementTypeId, part.Slice((int)(i * size), (int)size));
        json.WriteEndArray();
    }

    // A name of its own (typedef) makes it a number.
    private bool IsCharacter(int id)
    {
        while (types[id].Kind is BtfKind.Const or BtfKind.Volatile or BtfKind.Restrict)
            id = types[id].Target;
        return types[id] is BtfInt { Size: 1 } number && (number.Name == "char" || (number.Encoding & BtfIntEncoding.Char) != 0);
    }

    private void Section(BtfDataSection section, ReadOnlySpan<byte> bytes)
    {
        json.WriteStartObject();
        json.WriteStartArray(section.Name);
        foreach (BtfSectionVariable place in section.Variables)
        {
            json.WriteStartObject();
            json.WritePropertyName(types[place.TypeId].Name);
            Write(place.TypeId, Part(bytes, place.Offset, place.Size));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Hexadecimal(UInt128 value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");
}
