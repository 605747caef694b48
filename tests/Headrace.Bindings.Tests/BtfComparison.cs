using System.Reflection;
using Headrace.Objects;

namespace Headrace.Bindings.Tests;

/// <summary>Compares the types nested in a generated class with an object's BTF, member by member, knowing nothing of how they were generated.</summary>
internal sealed class BtfComparison(Btf types, Type face)
{
    private readonly Random _random = new(1);
    private int _compared;

    /// <summary>Compares every named type that is there.</summary>
    /// <returns>Members and constants compared.</returns>
    public int CompareAll() => Compare(Enumerable.Range(types.FirstOwnId, types.Count - types.FirstOwnId));

    /// <summary>Compares the named ones of some types that are there.</summary>
    /// <returns>Members and constants compared.</returns>
    public int Compare(IEnumerable<int> ids)
    {
        foreach (int id in ids)
        {
            if (types[id].Name.Length == 0 || face.GetNestedType(Identifiers.Pascal(types[id].Name)) is not { } type)
                continue;
            if (types[id] is BtfComposite composite && types.FindAll(composite.Name).First(other => types[other].IsComposite) == id)
                CompareStruct(composite, type);
            else if (types[id] is BtfEnum @enum)
                CompareEnum(@enum, type);
        }
        return _compared;
    }

    private void CompareEnum(BtfEnum @enum, Type type)
    {
        Assert.Equal(@enum.Size, Layouts.SizeOf(type));
        Assert.Equal(@enum.IsSigned, Convert.ToInt64(Activator.CreateInstance(type.GetEnumUnderlyingType())!.GetType().GetField("MinValue")!.GetValue(null)) < 0);
        foreach (BtfEnumerator value in @enum.Values)
        {
            object constant = type.GetField(Identifiers.Pascal(value.Name))!.GetValue(null)!;
            Assert.Equal(value.Value, @enum.IsSigned ? Convert.ToInt64(constant) : (long)Convert.ToUInt64(constant));
            _compared++;
        }
    }

    private void CompareStruct(BtfComposite composite, Type type)
    {
        Assert.True(composite.Size == Layouts.SizeOf(type), $"{type}: {Layouts.SizeOf(type)} bytes, BTF says {composite.Size}");
        string[] names = [.. Names(composite)];
        CompareMembers(composite, 0, type, [.. names.Where(name => names.Count(other => other == name) > 1)]);
    }

    /// <summary>What C# would call the members; those that two of them have are told apart by numbers, and not compared.</summary>
    private IEnumerable<string> Names(BtfComposite composite) => composite.Members.SelectMany(member =>
        member.Name.Length > 0 ? [Identifiers.Pascal(member.Name)] : types[types.SkipModifiers(member.TypeId)] is BtfComposite inner ? Names(inner) : []);

    private void CompareMembers(BtfComposite composite, uint start, Type type, HashSet<string> shared)
    {
        foreach (BtfMember member in composite.Members)
        {
            uint offset = start + member.BitOffset;
            BtfType of = types[types.SkipModifiers(member.TypeId)];
            if (member.Name.Length == 0)
            {
                if (of is BtfComposite inner)
                    CompareMembers(inner, offset, type, shared);
                continue;
            }
            string name = Identifiers.Pascal(member.Name);
            if (shared.Contains(name))
                continue;
            if (name == type.Name || name is "Equals" or "GetType" or "ToString" or "Finalize" or "Dispose")
                name += "_";
            if (types.TrySizeOf(member.TypeId) is null or 0)
            {
                Assert.Null(type.GetField(name));
                continue;
            }
            if (member.BitSize != 0)
            {
                CompareBits(type.GetProperty(name)!, type, offset, member.BitSize, types.SizeOf(member.TypeId));
            }
            else
            {
                FieldInfo field = type.GetField(name) ?? throw new InvalidOperationException($"{type} has no field {name}");
                Assert.True(offset == Layouts.OffsetOf(field) * 8, $"{type}.{name}: at byte {Layouts.OffsetOf(field)}, BTF says bit {offset}");
                Assert.True(types.SizeOf(member.TypeId) == Layouts.SizeOf(field.FieldType), $"{type}.{name}: {Layouts.SizeOf(field.FieldType)} bytes");
                if (of is BtfComposite { Name: "" } inner)
                    CompareStruct(inner, field.FieldType);
            }
            _compared++;
        }
    }

    /// <summary>What the setter writes stands in the member's bits and nowhere else; the getter reads it back with its sign.</summary>
    private void CompareBits(PropertyInfo property, Type type, uint offset, int size, long typeSize)
    {
        Assert.True(typeSize >= Layouts.SizeOf(property.PropertyType));
        for (int round = 0; round < 8; round++)
        {
            byte[] bytes = new byte[Layouts.SizeOf(type)];
            _random.NextBytes(bytes);
            object target = Layouts.FromBytes(type, bytes);
            bool[] before = Bits(bytes);
            byte[] raw = new byte[8];
            _random.NextBytes(raw);
            object value = Value(property.PropertyType, BitConverter.ToInt64(raw));
            property.SetValue(target, value);
            bool[] after = Bits(Layouts.BytesOf(target));
            long wanted = Number(value);
            for (int bit = 0; bit < after.Length; bit++)
            {
                bool inside = bit >= offset && bit < offset + size;
                Assert.True(after[bit] == (inside ? (wanted >> (int)(bit - offset) & 1) != 0 : before[bit]), $"{type}.{property.Name}: bit {bit} is wrong");
            }
            object read = property.GetValue(target)!;
            int unused = 64 - size;
            bool signed = Number(Value(property.PropertyType, -1)) < 0 && property.PropertyType != typeof(ulong);
            Assert.Equal(signed ? wanted << unused >> unused : (long)((ulong)wanted << unused >> unused), Number(read));
        }
    }

    private static object Value(Type type, long number)
    {
        if (type == typeof(bool))
            return (number & 1) != 0;
        Type plain = type.IsEnum ? type.GetEnumUnderlyingType() : type;
        object value = plain switch
        {
            _ when plain == typeof(byte) => (byte)number,
            _ when plain == typeof(sbyte) => (sbyte)number,
            _ when plain == typeof(ushort) => (ushort)number,
            _ when plain == typeof(short) => (short)number,
            _ when plain == typeof(uint) => (uint)number,
            _ when plain == typeof(int) => (int)number,
            _ when plain == typeof(ulong) => (ulong)number,
            _ => number,
        };
        return type.IsEnum ? Enum.ToObject(type, value) : value;
    }

    private static long Number(object value) => value switch
    {
        bool flag => flag ? 1 : 0,
        ulong number => (long)number,
        Enum constant when Enum.GetUnderlyingType(constant.GetType()) == typeof(ulong) => (long)Convert.ToUInt64(constant),
        _ => Convert.ToInt64(value),
    };

    private static bool[] Bits(ReadOnlySpan<byte> bytes)
    {
        bool[] bits = new bool[bytes.Length * 8];
        for (int i = 0; i < bits.Length; i++)
            bits[i] = (bytes[i / 8] >> (i % 8) & 1) != 0;
        return bits;
    }
}
