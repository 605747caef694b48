using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>What all maps over a <see cref="HashTable{TKey}"/> do alike: updates with their flags, removal, order, batches.</summary>
internal abstract unsafe class HashMapBase<TKey, TFull> : Map
    where TKey : struct, IKey
    where TFull : struct, IWhenFull
{
    private readonly uint[] _spares;

    /// <param name="spec">The accepted spec.</param>
    /// <param name="cpus">CPUs.</param>
    /// <param name="valueSize">Bytes an element keeps for its value.</param>
    private protected HashMapBase(MapSpec spec, int cpus, int valueSize) : base(spec, cpus)
    {
        uint capacity = CapacityOf(spec, cpus);
        bool seeded = (spec.Flags & MapFlags.ZeroSeed) == 0;
        Table = new HashTable<TKey>(KeySize, valueSize, capacity, (uint)cpus, TFull.Evicts, seeded);
        _spares = new uint[cpus];
        for (uint i = 0; i < cpus; i++)
            _spares[i] = capacity + 1 + i;
    }

    /// <summary>The table; its <see cref="HashTable{TKey}.State"/> is what compiled code looks up in.</summary>
    public HashTable<TKey> Table { get; }

    /// <summary>True when an update of an element that is there writes in place instead of replacing the element.</summary>
    private protected abstract bool UpdatesInPlace { get; }

    internal override bool MayStage => Table.MayBeLarge;

    internal override bool Stage(byte* key, StagedLookup* lookup, int cpu) => HashTable<TKey>.Stage(Table.State, key, lookup);

    internal override int Update(byte* key, byte* value, ulong flags, int cpu) => Store(key, value, flags, cpu, allCpus: false);

    internal override int Delete(byte* key)
    {
        HashPosition position = Table.Lock(key);
        uint element = position.Element;
        if (element != 0)
            Table.Remove(ref position);
        HashTable<TKey>.Unlock(ref position);
        if (element == 0)
            return -Errno.ENOENT;
        Table.FreeElement(element);
        return 0;
    }

    internal override int NextKey(byte* key, byte* next)
    {
        ulong place = key == null ? 0 : Table.PlaceAfter(key);
        if (!Table.Seek(ref place, out HashPosition position))
            return -Errno.ENOENT;
        TKey.Copy(next, Table.Element(position.Element), KeySize);
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
        uint free = 0;
        while (true)
        {
            HashPosition position = Table.Lock(key);
            if (position.Element != 0)
            {
                int result = flags == (ulong)MapUpdateFlags.NoExist ? -Errno.EEXIST : Overwrite(ref position, key, value, locked, cpu, allCpus);
                HashTable<TKey>.Unlock(ref position);
                if (free != 0)
                    Table.FreeElement(free);
                return result;
            }
            if (flags == (ulong)MapUpdateFlags.Exist)
            {
                HashTable<TKey>.Unlock(ref position);
                if (free != 0)
                    Table.FreeElement(free);
                return -Errno.ENOENT;
            }
            if (free == 0)
                free = Table.TakeElement();
            if (free != 0)
            {
                bool added = Add(ref position, free, key, value, cpu, allCpus);
                HashTable<TKey>.Unlock(ref position);
                if (added)
                    return 0;
                Table.FreeElement(free);
                return -Errno.ENOMEM;
            }
            HashTable<TKey>.Unlock(ref position);
            if (!TFull.Evicts)
                return -Errno.E2BIG;
            // The victim is in another bucket: no thread holds two buckets' locks.
            free = Table.Evict();
        }
    }

    /// <summary>Fills the value of an element that is not published yet.</summary>
    private protected abstract void WriteNew(uint element, byte* value, int cpu, bool allCpus);

    /// <summary>Writes the value of a live element.</summary>
    private protected abstract void WriteLive(uint element, byte* value, bool locked, int cpu, bool allCpus);

    /// <summary>Copies an element's value to user code.</summary>
    private protected abstract void ReadOut(uint element, byte* value, bool locked);

    /// <summary>Notes that an element was used.</summary>
    private protected void MarkUsed(byte* element)
    {
        LruMark* mark = (LruMark*)(element + Table.State->MarkOffset);
        if (mark->Used == 0)
            mark->Used = 1;
    }

    private protected override int CopyOut(byte* key, byte* value, ulong flags)
    {
        // Under the bucket's lock the element cannot be withdrawn and reused while its value is copied.
        HashPosition position = Table.Lock(key);
        if (position.Element != 0)
            ReadOut(position.Element, value, flags != 0);
        HashTable<TKey>.Unlock(ref position);
        return position.Element != 0 ? 0 : -Errno.ENOENT;
    }

    private protected override int CopyIn(byte* key, byte* value, ulong flags) => Store(key, value, flags, 0, allCpus: true);

    private protected override int TakeOut(byte* key, byte* value, ulong flags)
    {
        HashPosition position = Table.Lock(key);
        uint element = position.Element;
        if (element != 0)
        {
            ReadOut(element, value, flags != 0);
            Table.Remove(ref position);
        }
        HashTable<TKey>.Unlock(ref position);
        if (element == 0)
            return -Errno.ENOENT;
        Table.FreeElement(element);
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
            uint element = position.Element;
            TKey.Copy(keys + (ulong)count * (uint)KeySize, Table.Element(element), KeySize);
            ReadOut(element, values + (ulong)count * (uint)UserValueSize, flags != 0);
            if (take)
                Table.Remove(ref position);
            HashTable<TKey>.Unlock(ref position);
            count++;
            if (take)
            {
                Table.FreeElement(element);
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

    private bool Add(ref HashPosition position, uint element, byte* key, byte* value, int cpu, bool allCpus)
    {
        Prepare(element, key, position.Hash, used: false);
        WriteNew(element, value, cpu, allCpus);
        return Table.Insert(ref position, element);
    }

    private int Overwrite(ref HashPosition position, byte* key, byte* value, bool locked, int cpu, bool allCpus)
    {
        if (UpdatesInPlace || locked)
        {
            WriteLive(position.Element, value, locked, cpu, allCpus);
            if (TFull.Evicts)
                MarkUsed(Table.Element(position.Element));
            return 0;
        }
        // As in the kernel, a new element takes the old one's place and the old one becomes the CPU's spare: a program that
        // holds the old value's address goes on reading the old value until this CPU replaces again.
        ref uint spare = ref _spares[(uint)cpu < (uint)_spares.Length ? cpu : 0];
        uint element;
        SpinWait wait = default;
        while ((element = Interlocked.Exchange(ref spare, 0)) == 0)
            wait.SpinOnce();
        uint old = position.Element;
        Prepare(element, key, position.Hash, used: true);
        WriteNew(element, value, cpu, allCpus);
        HashTable<TKey>.Replace(ref position, element);
        Volatile.Write(ref spare, old);
        return 0;
    }

    private void Prepare(uint element, byte* key, ulong hash, bool used)
    {
        byte* address = Table.Element(element);
        TKey.Copy(address, key, KeySize);
        if (!TFull.Evicts)
            return;
        LruMark* mark = (LruMark*)(address + Table.State->MarkOffset);
        Volatile.Write(ref mark->Hash, (uint)hash);
        mark->Used = used ? 1u : 0;
    }
}
