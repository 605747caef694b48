using System.Globalization;
using Headrace.Bindings.Shapes;
using Microsoft.CodeAnalysis;

namespace Headrace.Bindings.Emitting;

/// <summary>A map with its name and type in C#.</summary>
/// <param name="Shape">The map.</param>
/// <param name="Name">Its property.</param>
/// <param name="Type">The property's type.</param>
internal sealed record BoundMapShape(MapShape Shape, string Name, string Type)
{
    private const long MaxSize = 64 << 10;

    /// <summary>Its doc comment.</summary>
    public string Title => $"Map {CodeWriter.Code(Shape.Name)}, of type {CodeWriter.Escape(Shape.Type)}.";

    public static BoundMapShape Of(MapShape map, string name, TypeTable types, Action<DiagnosticDescriptor, object[]> report)
    {
        const string Bound = "global::Headrace.Bindings.Bound";
        switch (map.Type)
        {
            case "Hash" or "LruHash" or "Array" or "LpmTrie" or "DevMap" or "DevMapHash" or "CpuMap" when Key() is { } key && Value() is { } value:
                return new(map, name, $"{Bound}Map<{key}, {value}>");
            case "PerCpuHash" or "LruPerCpuHash" or "PerCpuArray" when Key() is { } key && Value() is { } value:
                return new(map, name, $"{Bound}PerCpuMap<{key}, {value}>");
            case "Queue" or "Stack" when Value() is { } value:
                return new(map, name, $"{Bound}Queue<{value}>");
            case "BloomFilter" when Value() is { } value:
                return new(map, name, $"{Bound}BloomFilter<{value}>");
            default:
                return new(map, name, $"{Bound}Map");
        }

        string? Key() => Element("key", map.Key, map.KeySize);
        string? Value() => Element("value", map.Value, map.ValueSize);

        string? Element(string what, TypeReference? type, long size)
        {
            if (type is not null && types.SizeOf(type) == size)
                return types.Name(type);
            string title = $"the {what} of map '{map.Name}'";
            if (size is <= 0 or > MaxSize)
            {
                report(Diagnostics.Untyped, [title, $"{size.ToString(CultureInfo.InvariantCulture)} bytes are no struct of C#"]);
                return null;
            }
            report(Diagnostics.Untyped, [title, "give it a type in C (__type) to have it typed here"]);
            return types.Name(Bytes(size));
        }
    }

    /// <summary>Bytes of no known type: a number where there is one of the size, else an array.</summary>
    internal static TypeReference Bytes(long size) => new(size is 1 or 2 or 4 or 8
        ? "u" + (size * 8).ToString(CultureInfo.InvariantCulture)
        : "[" + size.ToString(CultureInfo.InvariantCulture) + "]u8");
}
