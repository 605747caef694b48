using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Headrace.Engine;

public abstract partial class Map
{
    /// <summary>Copies an element's value, as structs of the map's sizes. Not for per-CPU maps, whose values are one a CPU.</summary>
    /// <returns>False when there is no such element.</returns>
    /// <exception cref="MapException">Sizes differ from the map's (EINVAL), or any other error.</exception>
    public bool TryLookup<TKey, TValue>(in TKey key, out TValue value)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        Unsafe.SkipInit(out value);
        return TryLookup(MemoryMarshal.AsBytes(new ReadOnlySpan<TKey>(in key)), MemoryMarshal.AsBytes(new Span<TValue>(ref value)));
    }

    /// <summary>An element's value, as structs of the map's sizes.</summary>
    /// <exception cref="MapException">There is no such element (ENOENT), sizes differ from the map's (EINVAL), or any other error.</exception>
    public TValue Lookup<TKey, TValue>(in TKey key)
        where TKey : unmanaged
        where TValue : unmanaged =>
        TryLookup(key, out TValue value) ? value : throw MapErrors.Describe(this, "lookup", Engine.Errno.ENOENT);

    /// <summary>Adds or replaces an element, as structs of the map's sizes.</summary>
    /// <exception cref="MapException">Sizes differ from the map's (EINVAL), or any other error.</exception>
    public void Update<TKey, TValue>(in TKey key, in TValue value, MapUpdateFlags flags = MapUpdateFlags.Any)
        where TKey : unmanaged
        where TValue : unmanaged =>
        Update(MemoryMarshal.AsBytes(new ReadOnlySpan<TKey>(in key)), MemoryMarshal.AsBytes(new ReadOnlySpan<TValue>(in value)), flags);

    /// <summary>Removes an element. False when there was none.</summary>
    /// <exception cref="MapException">The key's size differs from the map's (EINVAL), or any other error.</exception>
    public bool Delete<TKey>(in TKey key) where TKey : unmanaged => Delete(MemoryMarshal.AsBytes(new ReadOnlySpan<TKey>(in key)));
}
