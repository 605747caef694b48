using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>What all maps over a <see cref="HashTable{TKey}"/> do alike: updates with their flags, removal, order, batches.</summary>
internal abstract unsafe class HashMapBase<TKey, TFull> : Map
    where TKey : struct, IKey<TKey>
    where TFull : struct, IWhenFull
{
    /// <param name="spec">The accepted spec.</param>
    /// <param name="cpus">CPUs.</param>
    /// <param name="valueSize">Bytes an element keeps for its value.</param>
    /// <param name="near">True to keep elements in the table's buckets.</param>
    private protected HashMapBase(MapSpec spec, int cpus, int valueSize, bool near = false) : base(spec, cpus)
    {
        uint capacity = CapacityOf(spec, cpus);
        bool seeded = (spec.Flags & MapFlags.ZeroSeed) == 0;
        Table = new HashTable<TKey>(KeySize, valueSize, capacity, (uint)cpus, TFull.Evicts, seeded, near);
    }

    /// <summary>The table; its <see cref="HashTable{TKey}.State"/> is what compiled code looks up in.</summary>
    public HashTable<TKey> Table { get; }

    /// <summary>True when an update of an element that is there writes in place instead of replacing the element.</summary>
    private protected abstract bool UpdatesInPlace { get; }

    internal override bool CanStage => true;

    internal override ulong UsedBytes => Table.UsedBytes;

    internal override bool Stage(byte* key, StagedLookup* lookup, int cpu)
    {
        HashTable<TKey>.Stage<ArenaSlots>(Table.State, key, lookup);
        return true;
    }

    internal override int Update(byte* key, byte* value, ulong flags, int cpu) => Store(key, value, flags, cpu, allCpus: false);

    internal override int Delete(byte* key)
    {
        HashPosition position = Table.Lock(key);
        byte* element = position.Element;
        if (element != null)
            Table.Remove(ref position);
        HashTable<TKey>.Unlock(ref position);
        if (element == null)
            return -Errno.ENOENT;
        Table.Give(element);
        return 0;
    }

    internal override int NextKey(byte* key, byte* next)
    {
        ulong place = key == null ? 0 : Table.PlaceAfter(key);
        if (!Table.Seek(ref place, out HashPosition position))
            return -Errno.ENOENT;
        TKey.Copy(next, position.Element, KeySize);
        HashTable<TKey>.Unlock(ref position);
        return 0;
    }

    /// <summary>Adds or replaces an element.</summary>
    private protected int Store(byte* key, byte* value, ulong flags, int cpu, bool allCpus)
    {
        bool locked = (flags & (ulong)MapUpdateFlags.Lock) != 0;
        flags &= ~(ulong)MapUpdateFlags.Lock;
        if (flags > (ulong)MapUpdateFlags.Exist || (locked && Layout.SpinLockOffset < 0))
            return -Errno.EINVAL;
        byte* free = null;
        bool mayAdd = false;
        while (true)
        {
            HashPosition position = Table.Lock(key);
            int result;
            if (position.Element != null)
                result = flags == (ulong)MapUpdateFlags.NoExist ? -Errno.EEXIST : Overwrite(ref position, key, value, locked, cpu, allCpus);
            else if (flags == (ulong)MapUpdateFlags.Exist)
                result = -Errno.ENOENT;
            else if (mayAdd || (mayAdd = Table.Take(out free)))
                result = Add(ref position, ref mayAdd, free, key, value, cpu, allCpus);
            else
                result = -Errno.E2BIG;
            HashTable<TKey>.Unlock(ref position);
            if (result != -Errno.E2BIG || !TFull.Evicts)
            {
                if (mayAdd)
                    Table.Give(free);
                return result;
            }
            // The victim is in another bucket: no thread holds two buckets' locks.
            mayAdd = Table.Evict(out free);
        }
    }

    /// <summary>Fills the value of an element that is not published yet.</summary>
    private protected abstract void WriteNew(byte* element, byte* value, int cpu, bool allCpus);

    /// <summary>Writes the value of a live element.</summary>
    private protected abstract void WriteLive(byte* element, byte* value, bool locked, int cpu, bool allCpus);

    /// <summary>Copies an element's value to user code.</summary>
    private protected abstract void ReadOut(byte* element, byte* value, bool locked);

    /// <summary>Notes that the element found was used.</summary>
    private protected virtual void MarkUsed(in HashPosition position) => MarkUsed(position.Element);

    /// <summary>Notes that an element of the arena was used.</summary>
    private protected void MarkUsed(byte* element)
    {
        LruMark* mark = (LruMark*)(element + Table.State->MarkOffset);
        if (mark->Used == 0)
            mark->Used = 1;
    }

    private protected override int CopyOut(byte* key, byte* value, ulong flags)
    {
        // Under the bucket's lock the element cannot be withdrawn and used again while its value is copied.
        HashPosition position = Table.Lock(key);
        bool found = position.Element != null;
        if (found)
            ReadOut(position.Element, value, flags != 0);
        HashTable<TKey>.Unlock(ref position);
        return found ? 0 : -Errno.ENOENT;
    }

    private protected override int CopyIn(byte* key, byte* value, ulong flags) => Store(key, value, flags, 0, allCpus: true);

    private protected override int TakeOut(byte* key, byte* value, ulong flags)
    {
        HashPosition position = Table.Lock(key);
        byte* element = position.Element;
        if (element != null)
        {
            ReadOut(element, value, flags != 0);
            Table.Remove(ref position);
        }
        HashTable<TKey>.Unlock(ref position);
        if (element == null)
            return -Errno.ENOENT;
        Table.Give(element);
        return 0;
    }

    private protected override bool HasBatchLookup => true;

    private protected override bool HasBatchUpdate => true;

    private protected override bool HasBatchDelete => true;

    private protected override bool HasBatchTake => true;

    private protected override int NextBatch(ref MapBatchToken token, byte* keys, byte* values, bool take, ulong flags, ref uint count)
    {
        uint room = count;
        count = 0;
        ulong place = token.Place;
        while (count < room)
        {
            if (!Table.Seek(ref place, out HashPosition position))
            {
                token = new MapBatchToken(place, true);
                return -Errno.ENOENT;
            }
            byte* element = position.Element;
            TKey.Copy(keys + (ulong)count * (uint)KeySize, element, KeySize);
            ReadOut(element, values + (ulong)count * (uint)UserValueSize, flags != 0);
            if (take)
                Table.Remove(ref position);
            HashTable<TKey>.Unlock(ref position);
            count++;
            if (take)
            {
                Table.Give(element);
                place &= ~0xffff_ffffUL; // removal may have shortened the chain: what is left of it is still to come
            }
            else
            {
                place++;
            }
        }
        token = new MapBatchToken(place, false);
        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Table.Dispose();
    }

    /// <summary>Elements a map may hold: with one LRU list a CPU, a multiple of the CPUs as in the kernel.</summary>
    private static uint CapacityOf(MapSpec spec, int cpus)
    {
        uint entries = spec.MaxEntries, each = (uint)cpus;
        if ((spec.Flags & MapFlags.NoCommonLru) == 0)
            return entries;
        ulong up = ((ulong)entries + each - 1) / each * each;
        return up <= uint.MaxValue ? (uint)up : entries / each * each;
    }

    private int Add(ref HashPosition position, ref bool mayAdd, byte* free, byte* key, byte* value, int cpu, bool allCpus)
    {
        if (!Table.Place(ref position, free))
            return -Errno.ENOMEM;
        mayAdd = false;
        Table.Prepare(position, key, used: false);
        WriteNew(position.Element, value, cpu, allCpus);
        Table.Publish(position);
        return 0;
    }

    private int Overwrite(ref HashPosition position, byte* key, byte* value, bool locked, int cpu, bool allCpus)
    {
        if (UpdatesInPlace || locked)
        {
            WriteLive(position.Element, value, locked, cpu, allCpus);
            if (TFull.Evicts)
                MarkUsed(position);
            return 0;
        }
        if (!Table.StartReplacing(ref position, cpu, out HashPosition old))
            return -Errno.ENOMEM;
        Table.Prepare(position, key, used: true);
        WriteNew(position.Element, value, cpu, allCpus);
        Table.FinishReplacing(ref position, cpu, ref old);
        return 0;
    }
}
