using System.Buffers.Binary;
using Headrace.Bytecode;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

public sealed partial class KernelMap
{
    private const int BatchBytes = 1 << 18;
    private const int LargestBatch = 1024;

    /// <summary>Reads an element.</summary>
    /// <param name="key"><see cref="KeySize"/> bytes; empty for queues and stacks.</param>
    /// <param name="value">Receives <see cref="ValueBufferSize"/> bytes.</param>
    /// <returns>False when there is no such element.</returns>
    /// <exception cref="KernelException">The kernel refused for another reason.</exception>
    public bool Lookup(ReadOnlySpan<byte> key, Span<byte> value)
    {
        int result = TryLookup(key, value);
        if (result == -ErrorNumber.ENOENT)
            return false;
        ThrowIfError(result, "BPF_MAP_LOOKUP_ELEM");
        return true;
    }

    /// <summary>Adds or replaces an element.</summary>
    /// <param name="key"><see cref="KeySize"/> bytes; empty for queues, stacks and bloom filters.</param>
    /// <param name="value"><see cref="ValueBufferSize"/> bytes.</param>
    /// <param name="flags"><c>BPF_ANY</c> 0, <c>BPF_NOEXIST</c> 1, <c>BPF_EXIST</c> 2, <c>BPF_F_LOCK</c> 4.</param>
    /// <exception cref="KernelException">The kernel refused it.</exception>
    public void Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ulong flags = 0) =>
        ThrowIfError(TryUpdate(key, value, flags), "BPF_MAP_UPDATE_ELEM");

    /// <summary>Removes an element.</summary>
    /// <returns>False when there was none.</returns>
    /// <exception cref="KernelException">The kernel refused for another reason.</exception>
    public bool Delete(ReadOnlySpan<byte> key)
    {
        int result = TryDelete(key);
        if (result == -ErrorNumber.ENOENT)
            return false;
        ThrowIfError(result, "BPF_MAP_DELETE_ELEM");
        return true;
    }

    /// <summary>Reads an element and removes it, at once; from a queue or stack, the next one.</summary>
    /// <param name="key"><see cref="KeySize"/> bytes; empty for queues and stacks.</param>
    /// <param name="value">Receives <see cref="ValueBufferSize"/> bytes.</param>
    /// <returns>False when there is no such element.</returns>
    /// <exception cref="KernelException">The kernel refused for another reason.</exception>
    public bool Take(ReadOnlySpan<byte> key, Span<byte> value)
    {
        int result = TryLookupAndDelete(key, value);
        if (result == -ErrorNumber.ENOENT)
            return false;
        ThrowIfError(result, "BPF_MAP_LOOKUP_AND_DELETE_ELEM");
        return true;
    }

    /// <summary>Finds the key that follows a key in the kernel's order.</summary>
    /// <param name="key"><see cref="KeySize"/> bytes; empty for the first key.</param>
    /// <param name="next">Receives <see cref="KeySize"/> bytes.</param>
    /// <returns>False when there is none.</returns>
    /// <exception cref="KernelException">The kernel cannot walk this type of map.</exception>
    public bool NextKey(ReadOnlySpan<byte> key, Span<byte> next)
    {
        int result = TryNextKey(key, next);
        if (result == -ErrorNumber.ENOENT)
            return false;
        ThrowIfError(result, "BPF_MAP_GET_NEXT_KEY");
        return true;
    }

    /// <summary>Makes the map read-only for user space, for good; programs may still write unless a flag forbids it.</summary>
    /// <exception cref="KernelException">The kernel refused it.</exception>
    public void Freeze() => ThrowIfError(TryFreeze(), "BPF_MAP_FREEZE");

    /// <summary>Puts a program into a program array (or a devmap's or cpumap's place for one is not this: those are plain values).</summary>
    /// <param name="index">Where.</param>
    /// <param name="program">The program a tail call to <paramref name="index"/> runs.</param>
    /// <exception cref="KernelException">The kernel refused it, for instance because the program's type differs from its neighbours'.</exception>
    public void SetProgram(uint index, KernelProgram program)
    {
        Span<byte> key = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(key, index);
        UpdateWithDescriptor(key, program.Descriptor);
    }

    /// <summary>Puts a map into an array or hash of maps.</summary>
    /// <param name="key">Where, <see cref="KeySize"/> bytes.</param>
    /// <param name="inner">The map; the outer one keeps it alive.</param>
    /// <exception cref="KernelException">The kernel refused it, for instance because it differs from the template.</exception>
    public void SetMap(ReadOnlySpan<byte> key, KernelMap inner) => UpdateWithDescriptor(key, inner.Descriptor);

    /// <summary>Every key at this moment. Keys added or removed meanwhile may be missed, or the walk may start again, as bpf(2) warns.</summary>
    /// <exception cref="KernelException">The kernel cannot walk this type of map.</exception>
    public IEnumerable<byte[]> Keys()
    {
        byte[] next = new byte[KeySize];
        int result = TryNextKey([], next);
        while (result == 0)
        {
            byte[] key = next;
            yield return key;
            next = new byte[KeySize];
            result = TryNextKey(key, next);
        }
        if (result != -ErrorNumber.ENOENT)
            ThrowIfError(result, "BPF_MAP_GET_NEXT_KEY");
    }

    /// <summary>
    /// Every element at this moment, key and value, many a call where the kernel can; an element removed meanwhile is left out, one added
    /// may be missed.
    /// </summary>
    /// <exception cref="KernelException">The kernel cannot walk or read this type of map.</exception>
    public IEnumerable<KeyValuePair<byte[], byte[]>> Elements() => HasBatches ? ElementsByBatch() : ElementsByKey();

    /// <summary>True where the kernel reads many elements a call and every key has a value (in maps of maps and of programs, places are empty).</summary>
    private bool HasBatches => KeySize > 0 && Type is MapType.Hash or MapType.Array or MapType.PerCpuHash or MapType.PerCpuArray
        or MapType.LruHash or MapType.LruPerCpuHash or MapType.LpmTrie;

    private IEnumerable<KeyValuePair<byte[], byte[]>> ElementsByKey()
    {
        foreach (byte[] key in Keys())
        {
            byte[] value = new byte[ValueBufferSize];
            if (Lookup(key, value))
                yield return new(key, value);
        }
    }

    private IEnumerable<KeyValuePair<byte[], byte[]>> ElementsByBatch()
    {
        // Large values need no help of batches, and no memory for many of them.
        int batch = Math.Clamp(BatchBytes / ValueBufferSize, 1, LargestBatch);
        byte[] keys = new byte[batch * KeySize], values = new byte[batch * ValueBufferSize];
        var cursor = new BatchCursor(this);
        while (!cursor.IsAtEnd)
        {
            int count = cursor.Read(ref keys, ref values);
            if (count == BatchCursor.NotPossible)
            {
                foreach (KeyValuePair<byte[], byte[]> element in ElementsByKey())
                    yield return element;
                yield break;
            }
            for (int i = 0; i < count; i++)
                yield return new(keys.AsSpan(i * KeySize, KeySize).ToArray(), values.AsSpan(i * ValueBufferSize, ValueBufferSize).ToArray());
        }
    }

    private void UpdateWithDescriptor(ReadOnlySpan<byte> key, Descriptor descriptor)
    {
        Span<byte> value = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(value, descriptor.Value);
        Update(key, value);
    }
}
