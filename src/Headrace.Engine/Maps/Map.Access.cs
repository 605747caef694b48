using System.Diagnostics.CodeAnalysis;

namespace Headrace.Engine;

public abstract unsafe partial class Map
{
    // The public face: what user code calls. Sizes are checked here; everything else is bpf(2)'s (Map.System.cs).

    /// <summary>Copies an element's value.</summary>
    /// <param name="key">The key, <see cref="KeySize"/> bytes.</param>
    /// <param name="value">Receives <see cref="UserValueSize"/> bytes: for per-CPU maps all CPUs' values, each rounded up to 8 bytes.</param>
    /// <param name="flags"><see cref="MapUpdateFlags.Lock"/> to copy under the value's spin lock.</param>
    /// <returns>False when there is no such element.</returns>
    /// <exception cref="MapException">Any other error.</exception>
    public bool TryLookup(ReadOnlySpan<byte> key, Span<byte> value, MapUpdateFlags flags = MapUpdateFlags.Any)
    {
        CheckKey(key, "lookup");
        CheckValue(value.Length, "lookup");
        fixed (byte* k = key, v = value)
            return Found(SystemLookup(k, v, (ulong)flags), "lookup");
    }

    /// <summary>An element's value: <see cref="UserValueSize"/> bytes.</summary>
    /// <exception cref="MapException">There is no such element (ENOENT), or any other error.</exception>
    public byte[] Lookup(ReadOnlySpan<byte> key)
    {
        byte[] value = new byte[UserValueSize];
        return TryLookup(key, value) ? value : throw MapErrors.Describe(this, "lookup", Errno.ENOENT);
    }

    /// <summary>Adds or replaces an element; in a queue, stack or bloom filter (with an empty key) adds a value.</summary>
    /// <param name="key">The key, <see cref="KeySize"/> bytes.</param>
    /// <param name="value">The value, <see cref="UserValueSize"/> bytes.</param>
    /// <param name="flags">What to do when the element exists or not.</param>
    /// <exception cref="MapException">The map is full (E2BIG, ENOSPC), the element exists or not (EEXIST, ENOENT), or any other error.</exception>
    public void Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, MapUpdateFlags flags = MapUpdateFlags.Any)
    {
        CheckKey(key, "update");
        CheckValue(value.Length, "update");
        fixed (byte* k = key, v = value)
            Done(SystemUpdate(k, v, (ulong)flags), "update");
    }

    /// <summary>Removes an element.</summary>
    /// <returns>False when there was no such element.</returns>
    /// <exception cref="MapException">Any other error.</exception>
    public bool Delete(ReadOnlySpan<byte> key)
    {
        CheckKey(key, "delete");
        fixed (byte* k = key)
            return Found(SystemDelete(k), "delete");
    }

    /// <summary>Copies an element's value and removes the element in one step.</summary>
    /// <returns>False when there is no such element.</returns>
    /// <exception cref="MapException">Any other error.</exception>
    public bool TryLookupAndDelete(ReadOnlySpan<byte> key, Span<byte> value)
    {
        CheckKey(key, "lookup and delete");
        CheckValue(value.Length, "lookup and delete");
        fixed (byte* k = key, v = value)
            return Found(SystemLookupAndDelete(k, v, 0), "lookup and delete");
    }

    /// <summary>Finds the key after <paramref name="key"/>; the first key when it is empty, and also when no such element exists (any more).</summary>
    /// <returns>False after the last key.</returns>
    /// <exception cref="MapException">The map has no keys, or any other error.</exception>
    public bool TryGetNextKey(ReadOnlySpan<byte> key, Span<byte> next)
    {
        if (key.Length != 0)
            CheckKey(key, "next key");
        CheckKey(next, "next key");
        fixed (byte* k = key, n = next)
            return Found(SystemNextKey(key.Length == 0 ? null : k, n), "next key");
    }

    /// <summary>All elements, keys and values copied. Elements that come or go meanwhile may be missed; none is given twice in a quiet map.</summary>
    public IEnumerable<KeyValuePair<byte[], byte[]>> Entries()
    {
        byte[] previous = [];
        byte[] key = new byte[KeySize];
        while (TryGetNextKey(previous, key))
        {
            byte[] value = new byte[UserValueSize];
            if (TryLookup(key, value))
                yield return new(key, value);
            previous = key;
            key = new byte[KeySize];
        }
    }

    /// <summary>Copies the next elements of a traversal.</summary>
    /// <param name="token">Where the traversal is: start with <c>default</c>; <see cref="MapBatchToken.IsEnd"/> tells when all were given.</param>
    /// <param name="keys">Receives keys, <see cref="KeySize"/> bytes each.</param>
    /// <param name="values">Receives values, <see cref="UserValueSize"/> bytes each.</param>
    /// <returns>Elements copied: as many as both spans hold, fewer at the end.</returns>
    /// <exception cref="MapException">The map has no batches, or any other error.</exception>
    public int LookupBatch(ref MapBatchToken token, Span<byte> keys, Span<byte> values) => NextElements(ref token, keys, values, take: false);

    /// <summary>As <see cref="LookupBatch"/>, and removes what it copies.</summary>
    public int LookupAndDeleteBatch(ref MapBatchToken token, Span<byte> keys, Span<byte> values) => NextElements(ref token, keys, values, take: true);

    /// <summary>Adds or replaces elements in order, ends at the first that is refused.</summary>
    /// <returns>Elements written; when fewer than given, <paramref name="error"/> says why.</returns>
    public int UpdateBatch(ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values, out MapException? error)
    {
        uint count = CountOf(keys.Length, values.Length, "update batch");
        fixed (byte* k = keys, v = values)
        {
            int result = SystemUpdateBatch(k, v, 0, ref count);
            error = result == 0 ? null : MapErrors.Describe(this, "update batch", -result);
        }
        return (int)count;
    }

    /// <summary>Removes elements in order, ends at the first that is refused or missing.</summary>
    /// <returns>Elements removed; when fewer than given, <paramref name="error"/> says why.</returns>
    public int DeleteBatch(ReadOnlySpan<byte> keys, out MapException? error)
    {
        uint count = CountOf(keys.Length, null, "delete batch");
        fixed (byte* k = keys)
        {
            int result = SystemDeleteBatch(k, 0, ref count);
            error = result == 0 ? null : MapErrors.Describe(this, "delete batch", -result);
        }
        return (int)count;
    }

    /// <summary>Adds a value to a queue, stack or bloom filter. With <see cref="MapUpdateFlags.Exist"/> a full queue loses its oldest value.</summary>
    /// <exception cref="MapException">The queue is full (E2BIG), or any other error.</exception>
    public void Push(ReadOnlySpan<byte> value, MapUpdateFlags flags = MapUpdateFlags.Any) => Update([], value, flags);

    /// <summary>Takes the next value of a queue or stack. False when it is empty.</summary>
    public bool TryPop(Span<byte> value) => TryLookupAndDelete([], value);

    /// <summary>Reads the next value of a queue or stack, or asks a bloom filter whether it may hold <paramref name="value"/>.</summary>
    public bool TryPeek(Span<byte> value) => TryLookup([], value);

    /// <summary>Makes the map read-only for user code, for good.</summary>
    /// <exception cref="MapException">User code could not write it before (EPERM), or values hold special fields (ENOTSUPP).</exception>
    public void Freeze() => Done(SystemFreeze(), "freeze");

    private int NextElements(ref MapBatchToken token, Span<byte> keys, Span<byte> values, bool take)
    {
        string operation = take ? "lookup and delete batch" : "lookup batch";
        uint count = CountOf(keys.Length, values.Length, operation);
        fixed (byte* k = keys, v = values)
            Found(SystemLookupBatch(ref token, k, v, take, 0, ref count), operation);
        return (int)count;
    }

    private uint CountOf(int keys, int? values, string operation)
    {
        if (KeySize == 0 || keys % KeySize != 0 || (values is { } bytes && (bytes % UserValueSize != 0 || bytes / UserValueSize != keys / KeySize)))
            Refuse(operation, $"{keys} bytes of keys and {values ?? 0} of values do not hold the same number of elements ({KeySize} and {UserValueSize} bytes each)");
        return (uint)(keys / KeySize);
    }

    private void CheckKey(ReadOnlySpan<byte> key, string operation)
    {
        if (key.Length != KeySize)
            Refuse(operation, $"the key has {key.Length} bytes, the map's keys have {KeySize}");
    }

    private void CheckValue(int length, string operation)
    {
        if (length != UserValueSize)
            Refuse(operation, $"the value has {length} bytes, user code gives and takes {UserValueSize} here");
    }

    private bool Found(int result, string operation)
    {
        if (result == -Errno.ENOENT)
            return false;
        Done(result, operation);
        return true;
    }

    private void Done(int result, string operation)
    {
        if (result < 0)
            throw MapErrors.Describe(this, operation, -result);
    }

    [DoesNotReturn]
    private void Refuse(string operation, string reason) => throw new MapException(Name, operation, Errno.EINVAL, reason);
}
