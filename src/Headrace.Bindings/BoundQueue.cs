using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Engine;

namespace Headrace.Bindings;

/// <summary>A queue or a stack.</summary>
/// <typeparam name="TValue">Struct of the value's layout.</typeparam>
public sealed class BoundQueue<TValue> : BoundMap where TValue : unmanaged
{
    /// <summary>Binds a map by name.</summary>
    /// <exception cref="HeadraceException">The type's size is not the map's.</exception>
    public BoundQueue(BoundCollection bound, string name) : base(bound, name) => Require(0, Unsafe.SizeOf<TValue>());

    /// <summary>Adds a value; with <see cref="MapUpdateFlags.Exist"/> a full queue loses its oldest.</summary>
    /// <exception cref="HeadraceException">It is full, or refused it for another reason.</exception>
    public void Push(in TValue value, MapUpdateFlags flags = MapUpdateFlags.Any) =>
        Update([], MemoryMarshal.AsBytes(new ReadOnlySpan<TValue>(in value)), flags);

    /// <summary>Takes the next value.</summary>
    /// <returns>False when it is empty.</returns>
    /// <exception cref="HeadraceException">The map refused it.</exception>
    public bool TryPop(out TValue value)
    {
        value = default;
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<TValue>(ref value));
        return UserSpace is { } map ? map.TryPop(bytes) : Linux!.Take([], bytes);
    }

    /// <summary>Copies the next value and leaves it.</summary>
    /// <returns>False when it is empty.</returns>
    /// <exception cref="HeadraceException">The map refused it.</exception>
    public bool TryPeek(out TValue value)
    {
        value = default;
        return TryLookup([], MemoryMarshal.AsBytes(new Span<TValue>(ref value)));
    }
}
