namespace Headrace.Engine;

public abstract unsafe partial class Map
{
    // Batches as bpf(2) does them. On return count says how many elements were done, also when an error ended the batch.

    /// <summary>True for maps with <c>BPF_MAP_LOOKUP_BATCH</c>.</summary>
    private protected virtual bool HasBatchLookup => false;

    /// <summary>True for maps with <c>BPF_MAP_UPDATE_BATCH</c>.</summary>
    private protected virtual bool HasBatchUpdate => false;

    /// <summary>True for maps with <c>BPF_MAP_DELETE_BATCH</c>.</summary>
    private protected virtual bool HasBatchDelete => false;

    /// <summary>True for maps with <c>BPF_MAP_LOOKUP_AND_DELETE_BATCH</c>.</summary>
    private protected virtual bool HasBatchTake => false;

    /// <summary><c>BPF_MAP_LOOKUP_BATCH</c>, with <paramref name="take"/> <c>BPF_MAP_LOOKUP_AND_DELETE_BATCH</c>: -ENOENT when the end was reached.</summary>
    internal int SystemLookupBatch(ref MapBatchToken token, byte* keys, byte* values, bool take, ulong flags, ref uint count)
    {
        uint room = count;
        count = 0;
        if (!UserMayRead || (take && !UserMayWrite))
            return -Errno.EPERM;
        if (!(take ? HasBatchTake : HasBatchLookup))
            return -Errno.ENOTSUPP;
        if ((flags & ~LockFlag) != 0 || LacksLock(flags))
            return -Errno.EINVAL;
        if (room == 0)
            return 0;
        count = room;
        return NextBatch(ref token, keys, values, take, flags, ref count);
    }

    /// <summary><c>BPF_MAP_UPDATE_BATCH</c>.</summary>
    internal int SystemUpdateBatch(byte* keys, byte* values, ulong flags, ref uint count)
    {
        uint wanted = count;
        count = 0;
        if (!UserMayWrite)
            return -Errno.EPERM;
        if (!HasBatchUpdate)
            return -Errno.ENOTSUPP;
        if ((flags & ~LockFlag) != 0 || LacksLock(flags))
            return -Errno.EINVAL;
        for (; count < wanted; count++)
        {
            int result = CopyIn(keys + (ulong)count * (uint)KeySize, values + (ulong)count * (uint)UserValueSize, flags);
            if (result != 0)
                return result;
        }
        return 0;
    }

    /// <summary><c>BPF_MAP_DELETE_BATCH</c>.</summary>
    internal int SystemDeleteBatch(byte* keys, ulong flags, ref uint count)
    {
        uint wanted = count;
        count = 0;
        if (!UserMayWrite)
            return -Errno.EPERM;
        if (!HasBatchDelete)
            return -Errno.ENOTSUPP;
        if ((flags & ~LockFlag) != 0 || LacksLock(flags))
            return -Errno.EINVAL;
        for (; count < wanted; count++)
        {
            int result = Delete(keys + (ulong)count * (uint)KeySize);
            if (result != 0)
                return result;
        }
        return 0;
    }

    /// <summary>Copies up to <paramref name="count"/> elements after <paramref name="token"/>; here key by key.</summary>
    private protected virtual int NextBatch(ref MapBatchToken token, byte* keys, byte* values, bool take, ulong flags, ref uint count)
    {
        uint room = count;
        count = 0;
        byte[] passed = token.Key ?? new byte[KeySize];
        bool started = token.Key is not null;
        int result = 0;
        fixed (byte* previous = passed)
        {
            while (count < room)
            {
                byte* key = keys + (ulong)count * (uint)KeySize;
                result = NextKey(started ? previous : null, key);
                if (result != 0)
                    break;
                int copied = CopyOut(key, values + (ulong)count * (uint)UserValueSize, flags);
                NativeBytes.Copy(previous, key, KeySize);
                started = true;
                if (copied == 0)
                    count++;
                else if (copied != -Errno.ENOENT)
                    return copied;
            }
        }
        token = new MapBatchToken(0, result != 0, started ? passed : null);
        return result;
    }
}
