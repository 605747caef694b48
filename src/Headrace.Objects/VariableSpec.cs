using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Headrace.Objects;

/// <summary>A global variable of an object: its first value can be read and set before the collection is loaded.</summary>
/// <remarks>It is a window into the data of its section's map, <see cref="MapSpec.Data"/>; setting it there is the same.</remarks>
public sealed class VariableSpec
{
    private readonly string _source;

    internal VariableSpec(string source, string name, MapSpec map, int offset, int size, int typeId)
    {
        _source = source;
        Name = name;
        Map = map;
        Offset = offset;
        Size = size;
        TypeId = typeId;
    }

    /// <summary>Its name: its key in <see cref="CollectionSpec.Variables"/>.</summary>
    public string Name { get; }

    /// <summary>The map that stands for its section.</summary>
    public MapSpec Map { get; }

    /// <summary>First byte inside the section.</summary>
    public int Offset { get; }

    /// <summary>Size in bytes.</summary>
    public int Size { get; }

    /// <summary>Its type in the collection's BTF, 0 when unknown.</summary>
    public int TypeId { get; }

    /// <summary>True when programs cannot change it (<c>.rodata</c>, <c>.kconfig</c>), so that an engine may take its value as constant.</summary>
    public bool IsConstant => Map.Freeze;

    /// <summary>Its bytes, which may be written.</summary>
    /// <exception cref="ObjectException">The section's data were replaced by fewer bytes.</exception>
    public Span<byte> Bytes => Map.Data is { } data && Offset + Size <= data.Length
        ? data.AsSpan(Offset, Size)
        : throw new ObjectException(_source, $"variable '{Name}'", $"section '{Map.Name}' holds no bytes at {Offset}: do not replace its data by fewer");

    /// <summary>Reads it as a number or struct of the same size.</summary>
    /// <exception cref="ObjectException">The size differs.</exception>
    public T Get<T>() where T : unmanaged
    {
        Require<T>();
        return MemoryMarshal.Read<T>(Bytes);
    }

    /// <summary>Sets it to a number or struct of the same size.</summary>
    /// <exception cref="ObjectException">The size differs.</exception>
    public void Set<T>(T value) where T : unmanaged
    {
        Require<T>();
        MemoryMarshal.Write(Bytes, in value);
    }

    private void Require<T>() where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() != Size)
            throw new ObjectException(_source, $"variable '{Name}'", $"it has {Size} bytes, {typeof(T).Name} has {Unsafe.SizeOf<T>()}: use a type of its size, or Bytes");
    }
}
