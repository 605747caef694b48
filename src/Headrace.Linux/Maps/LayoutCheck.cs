using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Headrace.Objects;

namespace Headrace.Linux;

/// <summary>Compares a C# struct with a type of the programs: size, and where names match, offset and size of every member.</summary>
internal static class LayoutCheck
{
    private const int MaxDepth = 8;

    /// <summary>Says what differs.</summary>
    /// <typeparam name="T">The C# type.</typeparam>
    /// <param name="size">Bytes the map has.</param>
    /// <param name="types">The programs' types; null when unknown.</param>
    /// <param name="typeId">The type among them; 0 when unknown.</param>
    /// <returns>Empty when it fits.</returns>
    public static string Differences<T>(int size, Btf? types, int typeId) where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() != size)
            return string.Create(CultureInfo.InvariantCulture, $"{typeof(T).Name} has {Unsafe.SizeOf<T>()} bytes, the map {size}");
        List<string> differences = [];
        if (types is not null && typeId != 0)
            Compare(typeof(T), types, typeId, typeof(T).Name, differences, 0);
        return string.Join("; ", differences);
    }

    private static void Compare(Type type, Btf types, int typeId, string path, List<string> differences, int depth)
    {
        if (depth > MaxDepth || type.IsPrimitive || type.IsEnum || type.IsGenericType || types[types.SkipModifiers(typeId)] is not BtfComposite composite)
            return;
        Dictionary<string, (uint Bits, int TypeId)> members = [];
        Collect(composite, 0, types, members, 0);
        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            if (!members.TryGetValue(Plain(field.Name), out (uint Bits, int TypeId) member))
                continue;
            long offset = (long)Marshal.OffsetOf(type, field.Name);
            if (offset * 8 != member.Bits)
                differences.Add(string.Create(CultureInfo.InvariantCulture, $"{path}.{field.Name} stands at byte {offset}, the programs' at {member.Bits / 8}"));
            int own = SizeOf(field.FieldType);
            if (types.TrySizeOf(member.TypeId) is { } theirs && own != theirs)
                differences.Add(string.Create(CultureInfo.InvariantCulture, $"{path}.{field.Name} has {own} bytes, the programs' {theirs}"));
            else
                Compare(field.FieldType, types, member.TypeId, path + "." + field.Name, differences, depth + 1);
        }
    }

    // Members of anonymous structs and unions count as the outer one's; bit fields have no counterpart.
    private static void Collect(BtfComposite composite, uint start, Btf types, Dictionary<string, (uint, int)> members, int depth)
    {
        foreach (BtfMember member in composite.Members)
        {
            if (member.Name.Length > 0 && member.BitSize == 0)
                members.TryAdd(Plain(member.Name), (start + member.BitOffset, member.TypeId));
            else if (member.Name.Length == 0 && depth < MaxDepth && types[types.SkipModifiers(member.TypeId)] is BtfComposite inner)
                Collect(inner, start + member.BitOffset, types, members, depth + 1);
        }
    }

    private static int SizeOf(Type type) => (int)typeof(LayoutCheck).GetMethod(nameof(SizeOfUnmanaged), BindingFlags.NonPublic | BindingFlags.Static)!
        .MakeGenericMethod(type).Invoke(null, null)!;

    private static int SizeOfUnmanaged<T>() => Unsafe.SizeOf<T>();

    /// <summary>A name without case and underscores: <c>bytes_sent</c>, <c>BytesSent</c> and the field behind a property of that name are one.</summary>
    private static string Plain(string name)
    {
        if (name.StartsWith('<') && name.IndexOf('>', StringComparison.Ordinal) is var end and > 0)
            name = name[1..end];
        return name.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();
    }
}
