using Headrace.Linux.Sys;

namespace Headrace.Linux;

public sealed unsafe partial class KernelMap
{
    /// <summary>Reads an element into <paramref name="value"/>, <see cref="ValueBufferSize"/> bytes.</summary>
    /// <returns>0 or -errno.</returns>
    internal int TryLookup(ReadOnlySpan<byte> key, Span<byte> value, ulong flags = 0)
    {
        RequireSize(value.Length, ValueBufferSize, nameof(value));
        fixed (byte* keyPointer = key, valuePointer = value)
        {
            MapElementAttr attributes = Element(key.Length, keyPointer, valuePointer, flags);
            return Bpf.LookupElement(ref attributes);
        }
    }

    /// <summary>Adds or replaces an element.</summary>
    /// <returns>0 or -errno.</returns>
    internal int TryUpdate(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ulong flags = 0)
    {
        RequireSize(value.Length, ValueBufferSize, nameof(value));
        fixed (byte* keyPointer = key, valuePointer = value)
        {
            MapElementAttr attributes = Element(key.Length, keyPointer, valuePointer, flags);
            return Bpf.UpdateElement(ref attributes);
        }
    }

    /// <summary>Removes an element.</summary>
    /// <returns>0 or -errno.</returns>
    internal int TryDelete(ReadOnlySpan<byte> key)
    {
        fixed (byte* keyPointer = key)
        {
            MapElementAttr attributes = Element(key.Length, keyPointer, null, 0);
            return Bpf.DeleteElement(ref attributes);
        }
    }

    /// <summary>Writes the key after <paramref name="key"/> (empty: the first) to <paramref name="next"/>.</summary>
    /// <returns>0, -ENOENT at the end, or another -errno.</returns>
    internal int TryNextKey(ReadOnlySpan<byte> key, Span<byte> next)
    {
        RequireSize(next.Length, KeySize, nameof(next));
        fixed (byte* keyPointer = key, nextPointer = next)
        {
            MapElementAttr attributes = Element(key.IsEmpty ? KeySize : key.Length, keyPointer, nextPointer, 0);
            return Bpf.GetNextKey(ref attributes);
        }
    }

    /// <summary>Reads an element and removes it; for queues and stacks, pops.</summary>
    /// <returns>0 or -errno.</returns>
    internal int TryLookupAndDelete(ReadOnlySpan<byte> key, Span<byte> value, ulong flags = 0)
    {
        RequireSize(value.Length, ValueBufferSize, nameof(value));
        fixed (byte* keyPointer = key, valuePointer = value)
        {
            MapElementAttr attributes = Element(key.Length, keyPointer, valuePointer, flags);
            return Bpf.LookupAndDeleteElement(ref attributes);
        }
    }

    /// <summary>Makes the map read-only for user space, for good.</summary>
    /// <returns>0 or -errno.</returns>
    internal int TryFreeze()
    {
        var attributes = new MapElementAttr { MapFd = (uint)_descriptor.Value };
        return Bpf.FreezeMap(ref attributes);
    }

    /// <summary>Reads elements from <paramref name="position"/> on; with <paramref name="delete"/>, removes them too.</summary>
    /// <param name="start">True to begin at the first element; else <paramref name="position"/> says where.</param>
    /// <param name="position">The place to go on from, written back; at least as long as a key and 4 bytes.</param>
    /// <param name="keys">Room for the keys of <paramref name="count"/> elements.</param>
    /// <param name="values">Room for the values.</param>
    /// <param name="count">How many at most; written back: how many there were.</param>
    /// <param name="delete">True to remove what was read.</param>
    /// <param name="elementFlags">Flags of each look-up.</param>
    /// <returns>0, -ENOENT when the end was reached (the count counts), or another -errno.</returns>
    internal int TryLookupBatch(bool start, Span<byte> position, Span<byte> keys, Span<byte> values, ref uint count, bool delete = false,
        ulong elementFlags = 0)
    {
        RequireRoom(position.Length, Math.Max(KeySize, sizeof(uint)), nameof(position));
        RequireBatchRoom(keys.Length, values.Length, count, withValues: true);
        fixed (byte* positionPointer = position, keyPointer = keys, valuePointer = values)
        {
            var attributes = new MapBatchAttr
            {
                InBatch = start ? null : positionPointer,
                OutBatch = positionPointer,
                Keys = keyPointer,
                Values = valuePointer,
                Count = count,
                MapFd = (uint)_descriptor.Value,
                ElementFlags = elementFlags,
            };
            int result = Bpf.Batch(delete ? BpfCommand.MapLookupAndDeleteBatch : BpfCommand.MapLookupBatch, ref attributes);
            count = attributes.Count;
            return result;
        }
    }

    /// <summary>Adds or replaces <paramref name="count"/> elements; written back: how many were done.</summary>
    /// <returns>0 or -errno.</returns>
    internal int TryUpdateBatch(ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values, ref uint count, ulong elementFlags = 0)
    {
        RequireBatchRoom(keys.Length, values.Length, count, withValues: true);
        fixed (byte* keyPointer = keys, valuePointer = values)
        {
            var attributes = new MapBatchAttr
            {
                Keys = keyPointer,
                Values = valuePointer,
                Count = count,
                MapFd = (uint)_descriptor.Value,
                ElementFlags = elementFlags,
            };
            int result = Bpf.Batch(BpfCommand.MapUpdateBatch, ref attributes);
            count = attributes.Count;
            return result;
        }
    }

    /// <summary>Removes <paramref name="count"/> elements; written back: how many were done.</summary>
    /// <returns>0 or -errno.</returns>
    internal int TryDeleteBatch(ReadOnlySpan<byte> keys, ref uint count)
    {
        RequireBatchRoom(keys.Length, 0, count, withValues: false);
        fixed (byte* keyPointer = keys)
        {
            var attributes = new MapBatchAttr { Keys = keyPointer, Count = count, MapFd = (uint)_descriptor.Value };
            int result = Bpf.Batch(BpfCommand.MapDeleteBatch, ref attributes);
            count = attributes.Count;
            return result;
        }
    }

    private MapElementAttr Element(int keyLength, byte* key, byte* value, ulong flags)
    {
        RequireSize(keyLength, KeySize, nameof(key));
        return new MapElementAttr { MapFd = (uint)_descriptor.Value, Key = key, ValueOrNextKey = value, Flags = flags };
    }

    private void RequireBatchRoom(int keys, int values, uint count, bool withValues)
    {
        RequireRoom(keys, checked((int)count * KeySize), nameof(keys));
        if (withValues)
            RequireRoom(values, checked((int)count * ValueBufferSize), nameof(values));
    }

    // The kernel trusts these lengths: a short buffer would be overrun.
    private void RequireSize(int given, int wanted, string what)
    {
        if (given != wanted)
            throw new ArgumentException($"{Subject}: {what} is {given} bytes, the map wants {wanted}", what);
    }

    private void RequireRoom(int given, int wanted, string what)
    {
        if (given < wanted)
            throw new ArgumentException($"{Subject}: {what} is {given} bytes, {wanted} are needed", what);
    }
}
