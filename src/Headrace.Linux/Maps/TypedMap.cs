using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>A map's elements as C# structs, laid out as the programs' own. Operations allocate nothing but where they return lists.</summary>
/// <typeparam name="TKey">The key: an integer, or a struct of the key's size.</typeparam>
/// <typeparam name="TValue">The value (one processor's of a per-CPU map): an integer, or a struct of the value's size.</typeparam>
/// <remarks>Get one from <see cref="KernelMap.As{TKey, TValue}"/>. It is a view: the map stays its owner's to dispose of.</remarks>
public sealed class TypedMap<TKey, TValue>
    where TKey : unmanaged
    where TValue : unmanaged
{
    private const int BatchSize = 256;

    internal TypedMap(KernelMap map) => Map = map;

    /// <summary>The map.</summary>
    public KernelMap Map { get; }

    /// <summary>The value of a key.</summary>
    /// <exception cref="KeyNotFoundException">There is no such element.</exception>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public TValue this[TKey key]
    {
        get => TryGet(key, out TValue value) ? value : throw new KeyNotFoundException($"map '{Map.Name}' has no element {key}");
        set => Update(key, value);
    }

    /// <summary>Reads an element.</summary>
    /// <returns>False when there is no such element.</returns>
    /// <exception cref="HeadraceException">The map has a value for every processor: use <see cref="TryGet(TKey, Span{TValue})"/>.</exception>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public bool TryGet(TKey key, out TValue value)
    {
        RequirePlain();
        Unsafe.SkipInit(out value);
        if (Map.Lookup(Bytes(in key), MemoryMarshal.AsBytes(new Span<TValue>(ref value))))
            return true;
        value = default;
        return false;
    }

    /// <summary>Reads every processor's value of an element.</summary>
    /// <param name="key">The key.</param>
    /// <param name="values">Receives <see cref="Processors.Possible"/> values.</param>
    /// <returns>False when there is no such element.</returns>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public bool TryGet(TKey key, Span<TValue> values)
    {
        RequirePerCpu(values.Length);
        using var buffer = new ValueBuffer(Map, stackalloc byte[ValueBuffer.OnStack]);
        if (!Map.Lookup(Bytes(in key), buffer.Bytes))
            return false;
        for (int processor = 0; processor < values.Length; processor++)
            values[processor] = MemoryMarshal.Read<TValue>(buffer.Bytes[(processor * buffer.Stride)..]);
        return true;
    }

    /// <summary>Adds or replaces an element; of a per-CPU map, with the same value for every processor.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="mode">Whether it must be new or there.</param>
    /// <exception cref="KernelException">The kernel refused: <c>EEXIST</c> or <c>ENOENT</c> by <paramref name="mode"/>, <c>E2BIG</c> when the map is full.</exception>
    public void Update(TKey key, TValue value, UpdateMode mode = UpdateMode.Any)
    {
        if (!Map.IsPerCpu)
        {
            Map.Update(Bytes(in key), MemoryMarshal.AsBytes(new ReadOnlySpan<TValue>(in value)), (ulong)mode);
            return;
        }
        using var buffer = new ValueBuffer(Map, stackalloc byte[ValueBuffer.OnStack]);
        for (int processor = 0; processor < Processors.Possible; processor++)
            MemoryMarshal.Write(buffer.Bytes[(processor * buffer.Stride)..], in value);
        Map.Update(Bytes(in key), buffer.Bytes, (ulong)mode);
    }

    /// <summary>Adds or replaces an element of a per-CPU map.</summary>
    /// <param name="key">The key.</param>
    /// <param name="values">A value for each of <see cref="Processors.Possible"/> processors.</param>
    /// <param name="mode">Whether it must be new or there.</param>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public void Update(TKey key, ReadOnlySpan<TValue> values, UpdateMode mode = UpdateMode.Any)
    {
        RequirePerCpu(values.Length);
        using var buffer = new ValueBuffer(Map, stackalloc byte[ValueBuffer.OnStack]);
        for (int processor = 0; processor < values.Length; processor++)
            MemoryMarshal.Write(buffer.Bytes[(processor * buffer.Stride)..], in values[processor]);
        Map.Update(Bytes(in key), buffer.Bytes, (ulong)mode);
    }

    /// <summary>Removes an element.</summary>
    /// <returns>False when there was none.</returns>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public bool Delete(TKey key) => Map.Delete(Bytes(in key));

    /// <summary>Reads an element and removes it, at once.</summary>
    /// <returns>False when there is no such element.</returns>
    /// <exception cref="KernelException">The kernel refused, or its type of map cannot do this.</exception>
    public bool Take(TKey key, out TValue value)
    {
        RequirePlain();
        value = default;
        return Map.Take(Bytes(in key), MemoryMarshal.AsBytes(new Span<TValue>(ref value)));
    }

    /// <summary>Every key at this moment, one call each; keys added or removed meanwhile may be missed or come twice, as bpf(2) warns.</summary>
    /// <exception cref="KernelException">The kernel cannot walk this type of map.</exception>
    public IEnumerable<TKey> Keys()
    {
        TKey key = default;
        for (bool any = First(ref key); any; any = Next(ref key))
            yield return key;
    }

    /// <summary>Every element at this moment, many a call where the kernel can; what is added or removed meanwhile may be missed or come twice.</summary>
    /// <exception cref="HeadraceException">The map has a value for every processor: walk <see cref="Keys"/>.</exception>
    /// <exception cref="KernelException">The kernel cannot walk this type of map.</exception>
    public IEnumerable<KeyValuePair<TKey, TValue>> Elements()
    {
        RequirePlain();
        TKey[] keys = new TKey[BatchSize];
        TValue[] values = new TValue[BatchSize];
        var cursor = new BatchCursor(Map);
        while (true)
        {
            int count = cursor.Read(ref keys, ref values);
            if (count == BatchCursor.NotPossible)
                break;
            for (int i = 0; i < count; i++)
                yield return new(keys[i], values[i]);
            if (cursor.IsAtEnd)
                yield break;
        }
        foreach (TKey key in Keys())
        {
            if (TryGet(key, out TValue value))
                yield return new(key, value);
        }
    }

    /// <summary>Adds or replaces many elements in one call.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="values">A value for each key.</param>
    /// <exception cref="HeadraceException">The map has a value for every processor.</exception>
    /// <exception cref="KernelException">The kernel refused; elements before the one it refused are in the map.</exception>
    public void Update(ReadOnlySpan<TKey> keys, ReadOnlySpan<TValue> values)
    {
        RequirePlain();
        if (keys.Length != values.Length)
            throw new ArgumentException($"{keys.Length} keys and {values.Length} values", nameof(values));
        uint count = (uint)keys.Length;
        if (count > 0)
            Bpf.ThrowIfError(Map.TryUpdateBatch(MemoryMarshal.AsBytes(keys), MemoryMarshal.AsBytes(values), ref count), "BPF_MAP_UPDATE_BATCH", $"map '{Map.Name}'");
    }

    /// <summary>Removes many elements in one call.</summary>
    /// <returns>How many were removed: it ends at the first key that is not there.</returns>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public int Delete(ReadOnlySpan<TKey> keys)
    {
        uint count = (uint)keys.Length;
        if (count == 0)
            return 0;
        int result = Map.TryDeleteBatch(MemoryMarshal.AsBytes(keys), ref count);
        if (result != -ErrorNumber.ENOENT)
            Bpf.ThrowIfError(result, "BPF_MAP_DELETE_BATCH", $"map '{Map.Name}'");
        return (int)count;
    }

    private bool First(ref TKey key) => Map.NextKey([], MemoryMarshal.AsBytes(new Span<TKey>(ref key)));

    private bool Next(ref TKey key)
    {
        TKey before = key;
        return Map.NextKey(Bytes(in before), MemoryMarshal.AsBytes(new Span<TKey>(ref key)));
    }

    private void RequirePlain()
    {
        if (Map.IsPerCpu)
            throw new HeadraceException($"map '{Map.Name}' has a value for each of {Processors.Possible} processors: use the methods that take a span of values");
    }

    private void RequirePerCpu(int count)
    {
        if (!Map.IsPerCpu)
            throw new HeadraceException($"map '{Map.Name}' has one value an element: use the methods that take one");
        if (count != Processors.Possible)
            throw new ArgumentException($"{count} values are given, an element of map '{Map.Name}' has one for each of {Processors.Possible} processors");
    }

    private static ReadOnlySpan<byte> Bytes(in TKey key) => MemoryMarshal.AsBytes(new ReadOnlySpan<TKey>(in key));
}
