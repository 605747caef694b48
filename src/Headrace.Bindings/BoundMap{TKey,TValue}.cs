using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Engine;

namespace Headrace.Bindings;

/// <summary>A map with one value an element: hash, array, LPM trie and their likes.</summary>
/// <typeparam name="TKey">Struct of the key's layout.</typeparam>
/// <typeparam name="TValue">Struct of the value's layout.</typeparam>
public sealed class BoundMap<TKey, TValue> : BoundMap
    where TKey : unmanaged
    where TValue : unmanaged
{
    /// <summary>Binds a map by name.</summary>
    /// <exception cref="HeadraceException">The types' sizes are not the map's.</exception>
    public BoundMap(BoundCollection bound, string name) : base(bound, name) => Require(Unsafe.SizeOf<TKey>(), Unsafe.SizeOf<TValue>());

    /// <summary>An element's value. Setting it adds or replaces the element.</summary>
    /// <exception cref="KeyNotFoundException">There is no such element.</exception>
    /// <exception cref="HeadraceException">The map refused it.</exception>
    public TValue this[in TKey key]
    {
        get => TryLookup(in key, out TValue value) ? value : throw new KeyNotFoundException($"map '{Name}' has no such element");
        set => Update(in key, in value);
    }

    /// <summary>Copies an element's value.</summary>
    /// <returns>False when there is no such element.</returns>
    /// <exception cref="HeadraceException">The map refused it.</exception>
    public bool TryLookup(in TKey key, out TValue value)
    {
        value = default;
        return TryLookup(Bytes(in key), MemoryMarshal.AsBytes(new Span<TValue>(ref value)));
    }

    /// <summary>Adds or replaces an element.</summary>
    /// <exception cref="HeadraceException">The map is full, or refused it for another reason.</exception>
    public void Update(in TKey key, in TValue value, MapUpdateFlags flags = MapUpdateFlags.Any) =>
        Update(Bytes(in key), MemoryMarshal.AsBytes(new ReadOnlySpan<TValue>(in value)), flags);

    /// <summary>Removes an element.</summary>
    /// <returns>False when there was none.</returns>
    /// <exception cref="HeadraceException">The map refused it.</exception>
    public bool Delete(in TKey key) => Delete(Bytes(in key));

    /// <summary>All elements, copied. Elements that come or go meanwhile may be missed.</summary>
    public IEnumerable<KeyValuePair<TKey, TValue>> Entries() =>
        RawEntries().Select(entry => new KeyValuePair<TKey, TValue>(MemoryMarshal.Read<TKey>(entry.Key), MemoryMarshal.Read<TValue>(entry.Value)));

    private static ReadOnlySpan<byte> Bytes(in TKey key) => MemoryMarshal.AsBytes(new ReadOnlySpan<TKey>(in key));
}
