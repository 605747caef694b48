using System.Runtime.InteropServices;

namespace Headrace.Engine;

/// <summary>Helpers that work on the elements of maps.</summary>
internal static unsafe class MapHelpers
{
    public static ulong MapLookupElem<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Map map = TAccess.Map(machine, r1, MapTypes.Searchable);
        byte* key = TAccess.Read(machine, r2, (uint)map.KeySize);
        return TAccess.Found(machine, map, map.Lookup(key, machine.State->Cpu));
    }

    public static ulong MapUpdateElem<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Map map = TAccess.Map(machine, r1, MapTypes.Changeable);
        byte* key = TAccess.Read(machine, r2, (uint)map.KeySize);
        byte* value = TAccess.Read(machine, r3, (uint)map.ValueSize);
        return (ulong)map.Update(key, value, r4, machine.State->Cpu);
    }

    public static ulong MapDeleteElem<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Map map = TAccess.Map(machine, r1, MapTypes.Changeable);
        byte* key = TAccess.Read(machine, r2, (uint)map.KeySize);
        return (ulong)map.Delete(key);
    }

    public static ulong MapPushElem<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Map map = TAccess.Map(machine, r1, MapTypes.Queues | MapTypes.BloomFilter);
        byte* value = TAccess.Read(machine, r2, (uint)map.ValueSize);
        return (ulong)map.Push(value, r3);
    }

    public static ulong MapPopElem<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Map map = TAccess.Map(machine, r1, MapTypes.Queues);
        byte* value = TAccess.Write(machine, r2, (uint)map.ValueSize);
        return (ulong)map.Pop(value);
    }

    public static ulong MapPeekElem<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Map map = TAccess.Map(machine, r1, MapTypes.Queues | MapTypes.BloomFilter);
        byte* value = MapTypes.Holds(MapTypes.BloomFilter, map.Type)
            ? TAccess.Read(machine, r2, (uint)map.ValueSize)
            : TAccess.Write(machine, r2, (uint)map.ValueSize);
        return (ulong)map.Peek(value);
    }

    public static ulong MapLookupPercpuElem<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Map map = TAccess.Map(machine, r1, MapTypes.PerCpu);
        byte* key = TAccess.Read(machine, r2, (uint)map.KeySize);
        uint cpu = (uint)r3;
        return cpu < (uint)map.Cpus ? TAccess.Found(machine, map, map.Lookup(key, (int)cpu)) : 0;
    }

    /// <remarks>
    /// The keys are taken at the start, so that a callback may delete and add as it likes; elements gone when their turn comes are
    /// passed over.
    /// </remarks>
    public static ulong ForEachMapElem<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Map map = TAccess.Map(machine, r1, MapTypes.Walkable);
        if (r4 != 0)
            return Result.Error(Errno.EINVAL);

        int keySize = map.KeySize;
        byte* keys = (byte*)NativeMemory.Alloc((nuint)map.MaxEntries + 1, (nuint)keySize);
        machine.AddRegion(keys, (map.MaxEntries + 1ul) * (uint)keySize, writable: false, "key of bpf_for_each_map_elem");
        try
        {
            uint count = 0;
            byte* last = null;
            while (count < map.MaxEntries && map.NextKey(last, keys + (ulong)count * (uint)keySize) == 0)
                last = keys + (ulong)count++ * (uint)keySize;

            ulong visited = 0;
            for (uint i = 0; i < count; i++)
            {
                byte* key = keys + (ulong)i * (uint)keySize;
                byte* value = map.Lookup(key, machine.State->Cpu);
                if (value == null)
                    continue;
                visited++;
                if (machine.CallFunction(r2, r1, (ulong)key, TAccess.Found(machine, map, value), r3) != 0)
                    break;
            }
            return visited;
        }
        finally
        {
            machine.RemoveRegion(keys);
            NativeMemory.Free(keys);
        }
    }
}
