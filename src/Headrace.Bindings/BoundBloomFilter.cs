using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Engine;

namespace Headrace.Bindings;

/// <summary>A bloom filter.</summary>
/// <typeparam name="TValue">Struct of the value's layout.</typeparam>
public sealed class BoundBloomFilter<TValue> : BoundMap where TValue : unmanaged
{
    /// <summary>Binds a map by name.</summary>
    /// <exception cref="HeadraceException">The type's size is not the map's.</exception>
    public BoundBloomFilter(BoundCollection bound, string name) : base(bound, name) => Require(0, Unsafe.SizeOf<TValue>());

    /// <summary>Adds a value.</summary>
    /// <exception cref="HeadraceException">The map refused it.</exception>
    public void Add(in TValue value) => Update([], MemoryMarshal.AsBytes(new ReadOnlySpan<TValue>(in value)), MapUpdateFlags.Any);

    /// <summary>False when the value was certainly never added.</summary>
    /// <exception cref="HeadraceException">The map refused it.</exception>
    public bool MayContain(TValue value) => TryLookup([], MemoryMarshal.AsBytes(new Span<TValue>(ref value)));
}
