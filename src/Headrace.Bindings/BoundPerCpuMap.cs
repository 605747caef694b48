using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Engine;

namespace Headrace.Bindings;

/// <summary>A map with a value for each CPU in an element.</summary>
/// <typeparam name="TKey">Struct of the key's layout.</typeparam>
/// <typeparam name="TValue">Struct of one CPU's value.</typeparam>
public sealed class BoundPerCpuMap<TKey, TValue> : BoundMap
    where TKey : unmanaged
    where TValue : unmanaged
{
    // Both bpf(2) and the engine round each CPU's value up to 8 bytes.
    private static readonly int s_stride = (Unsafe.SizeOf<TValue>() + 7) & ~7;

    /// <summary>Binds a map by name.</summary>
    /// <exception cref="HeadraceException">The types' sizes are not the map's.</exception>
    public BoundPerCpuMap(BoundCollection bound, string name) : base(bound, name) => Require(Unsafe.SizeOf<TKey>(), Unsafe.SizeOf<TValue>());

    /// <summary>Number of values in an element: possible CPUs in the kernel, the engine's CPUs in user space.</summary>
    public int Cpus => ValueBufferSize / s_stride;

    /// <summary>An element's values, CPU 0 first. Setting them adds or replaces the element.</summary>
    /// <exception cref="KeyNotFoundException">There is no such element.</exception>
    /// <exception cref="HeadraceException">The map refused it.</exception>
    public TValue[] this[in TKey key]
    {
        get
        {
            var values = new TValue[Cpus];
            return TryLookup(in key, values) ? values : throw new KeyNotFoundException($"map '{Name}' has no such element");
        }
        set => Update(in key, value);
    }

    /// <summary>Copies an element's values.</summary>
    /// <param name="key">The key.</param>
    /// <param name="values">Receives <see cref="Cpus"/> values.</param>
    /// <returns>False when there is no such element.</returns>
    /// <exception cref="ArgumentException">There is room for another number of values.</exception>
    /// <exception cref="HeadraceException">The map refused it.</exception>
    public bool TryLookup(in TKey key, Span<TValue> values)
    {
        RequireCount(values.Length);
        if (s_stride == Unsafe.SizeOf<TValue>())
            return TryLookup(Bytes(in key), MemoryMarshal.AsBytes(values));
        byte[] buffer = new byte[ValueBufferSize];
        if (!TryLookup(Bytes(in key), buffer))
            return false;
        Split(buffer, values);
        return true;
    }

    /// <summary>Adds or replaces an element.</summary>
    /// <param name="key">The key.</param>
    /// <param name="values"><see cref="Cpus"/> values.</param>
    /// <param name="flags">What to do when the element exists or not.</param>
    /// <exception cref="ArgumentException">There is another number of values.</exception>
    /// <exception cref="HeadraceException">The map is full, or refused it for another reason.</exception>
    public void Update(in TKey key, ReadOnlySpan<TValue> values, MapUpdateFlags flags = MapUpdateFlags.Any)
    {
        RequireCount(values.Length);
        byte[] buffer = new byte[ValueBufferSize];
        for (int cpu = 0; cpu < values.Length; cpu++)
            MemoryMarshal.Write(buffer.AsSpan(cpu * s_stride), in values[cpu]);
        Update(Bytes(in key), buffer, flags);
    }

    /// <summary>Removes an element.</summary>
    /// <returns>False when there was none.</returns>
    /// <exception cref="HeadraceException">The map refused it.</exception>
    public bool Delete(in TKey key) => Delete(Bytes(in key));

    /// <summary>All elements, copied. Elements that come or go meanwhile may be missed.</summary>
    public IEnumerable<KeyValuePair<TKey, TValue[]>> Entries()
    {
        foreach ((byte[] key, byte[] value) in RawEntries())
        {
            var values = new TValue[Cpus];
            Split(value, values);
            yield return new(MemoryMarshal.Read<TKey>(key), values);
        }
    }

    private static void Split(ReadOnlySpan<byte> buffer, Span<TValue> values)
    {
        for (int cpu = 0; cpu < values.Length; cpu++)
            values[cpu] = MemoryMarshal.Read<TValue>(buffer[(cpu * s_stride)..]);
    }

    private void RequireCount(int count)
    {
        if (count != Cpus)
            throw new ArgumentException($"map '{Name}': an element has {Cpus} values, one a CPU, not {count}", "values");
    }

    private static ReadOnlySpan<byte> Bytes(in TKey key) => MemoryMarshal.AsBytes(new ReadOnlySpan<TKey>(in key));
}
