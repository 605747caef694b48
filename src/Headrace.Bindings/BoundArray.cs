using System.Runtime.CompilerServices;

namespace Headrace.Bindings;

/// <summary>A global array, in the memory that programs use.</summary>
/// <typeparam name="T">Struct of an element's layout.</typeparam>
public sealed class BoundArray<T> where T : unmanaged
{
    private readonly BoundSection _section;
    private readonly int _offset;

    /// <summary>Binds the array at an offset of a section.</summary>
    public BoundArray(BoundSection section, int offset, int length)
    {
        _section = section;
        _offset = offset;
        Length = length;
    }

    /// <summary>Number of elements.</summary>
    public int Length { get; }

    /// <summary>An element.</summary>
    /// <exception cref="Headrace.Bytecode.HeadraceException">It is set, and the section is constant once loaded.</exception>
    public T this[int index]
    {
        get => _section.Get<T>(Offset(index));
        set => _section.Set(Offset(index), value);
    }

    /// <summary>A copy of all elements.</summary>
    public T[] ToArray()
    {
        var values = new T[Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = this[i];
        return values;
    }

    private int Offset(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Length, nameof(index));
        return _offset + index * Unsafe.SizeOf<T>();
    }
}
