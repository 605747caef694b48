using System.Globalization;
using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Maps;

/// <summary>A map of ours and the kernel's own, made alike and asked alike: every answer must be the same.</summary>
internal sealed unsafe class MapDuel : IDisposable
{
    private const int NoEntry = 2;

    private readonly HashSet<string> _pushed = [];
    private readonly Map _ours;
    private readonly KernelMap _theirs;
    private readonly List<string> _history = [];
    private readonly string _story;

    public MapDuel(MapSpec spec, ulong seed)
    {
        _story = $"seed {seed} (HEADRACE_SEED={seed} repeats it), {RandomSpecs.Describe(spec)}";
        _ours = Map.Create(spec, Processors.Possible);
        _theirs = KernelMap.Create(spec);
        Assert.Equal(_theirs.ValueBufferSize, _ours.UserValueSize);
    }

    public static ReadOnlySpan<MapType> Types =>
    [
        MapType.Array, MapType.PerCpuArray, MapType.Hash, MapType.PerCpuHash, MapType.LruHash, MapType.LruPerCpuHash, MapType.LpmTrie,
        MapType.ProgramArray, MapType.PerfEventArray, MapType.ArrayOfMaps, MapType.HashOfMaps, MapType.DevMap, MapType.DevMapHash,
        MapType.CpuMap, MapType.XskMap, MapType.Queue, MapType.Stack, MapType.BloomFilter, MapType.RingBuffer, MapType.UserRingBuffer,
    ];

    public int KeySize => _ours.KeySize;

    public int ValueSize => _ours.UserValueSize;

    /// <summary>The seed of this run, another each time unless HEADRACE_SEED gives one; printed.</summary>
    public static ulong Seed(ITestOutputHelper output)
    {
        string? given = Environment.GetEnvironmentVariable("HEADRACE_SEED");
        ulong seed = given is null ? (ulong)Random.Shared.NextInt64() : ulong.Parse(given, CultureInfo.InvariantCulture);
        output.WriteLine($"seed {seed}");
        return seed;
    }

    public void Dispose()
    {
        _ours.Dispose();
        _theirs.Dispose();
    }

    public int Lookup(byte[] key, byte[] value, ulong flags)
    {
        byte[] other = [.. value];
        int ours;
        fixed (byte* k = key, v = value)
            ours = _ours.SystemLookup(k, v, flags);
        int theirs = _theirs.TryLookup(key, other, flags);
        if (_ours.Type == MapType.BloomFilter && !_pushed.Contains(Hex(value)) && ours is 0 or -NoEntry && theirs is 0 or -NoEntry)
            return ours; // either filter may take a value for one that was pushed
        Compare($"lookup {Hex(key)} {(KeySize == 0 ? Hex(value) : "")} flags {flags}", ours, theirs);
        if (ours == 0)
            Compare($"lookup {Hex(key)} flags {flags}", value, other);
        return ours;
    }

    public int Update(byte[] key, byte[] value, ulong flags)
    {
        int ours;
        fixed (byte* k = key, v = value)
            ours = _ours.SystemUpdate(k, v, flags);
        Compare($"update {Hex(key)} = {Hex(value)} flags {flags}", ours, _theirs.TryUpdate(key, value, flags));
        if (ours == 0 && KeySize == 0)
            _pushed.Add(Hex(value));
        return ours;
    }

    public int Delete(byte[] key)
    {
        int ours;
        fixed (byte* k = key)
            ours = _ours.SystemDelete(k);
        Compare($"delete {Hex(key)}", ours, _theirs.TryDelete(key));
        return ours;
    }

    public int LookupAndDelete(byte[] key, byte[] value, ulong flags)
    {
        byte[] other = [.. value];
        int ours;
        fixed (byte* k = key, v = value)
            ours = _ours.SystemLookupAndDelete(k, v, flags);
        int theirs = _theirs.TryLookupAndDelete(key, other, flags);
        Compare($"lookup and delete {Hex(key)} flags {flags}", ours, theirs);
        if (ours == 0)
            Compare($"lookup and delete {Hex(key)} flags {flags}", value, other);
        return ours;
    }

    public void Freeze() => Compare("freeze", _ours.SystemFreeze(), _theirs.TryFreeze());

    /// <summary>Compares the next key, and its bytes, where the order is the kernel's; else only what follows no key or a missing one.</summary>
    public void NextKey(byte[] key, bool ordered)
    {
        byte[] next = new byte[KeySize], other = new byte[KeySize];
        if (!ordered && key.Length != 0 && _theirs.TryLookup(key, new byte[ValueSize]) != -NoEntry)
            return;
        int ours = NextKeyOfOurs(key, next);
        int theirs = _theirs.TryNextKey(key, other);
        Compare($"next key after {Hex(key)}", ours, theirs);
        if (ours == 0 && ordered)
            Compare($"next key after {Hex(key)}", next, other);
    }

    /// <summary>Walks both maps key by key: the same keys, and in the same order where that is the kernel's.</summary>
    public void WalkKeys(bool ordered)
    {
        List<string> ours = [], theirs = [];
        byte[] key = [], next = new byte[KeySize];
        int result;
        for (; (result = NextKeyOfOurs(key, next)) == 0; key = [.. next])
            ours.Add(Hex(next));
        int other;
        for (key = []; (other = _theirs.TryNextKey(key, next)) == 0; key = [.. next])
            theirs.Add(Hex(next));
        Compare("walk", result, other);
        CompareSets("walk", ours, theirs, ordered);
    }

    /// <summary>Compares all keys, and values where elements have values to read.</summary>
    public void WalkKeysOrNothing(MapSpec spec)
    {
        if (spec.KeySize == 0)
            return;
        bool ordered = spec.Type is MapType.Array or MapType.PerCpuArray or MapType.LpmTrie;
        WalkKeys(ordered);
        WalkBatches(4096, take: false, 0, ordered);
    }

    /// <summary>Reads both maps whole in batches; with <paramref name="take"/> empties them.</summary>
    public void WalkBatches(uint size, bool take, ulong flags, bool ordered)
    {
        string what = $"{(take ? "take" : "lookup")} batch of {size} flags {flags}";
        List<string> ours = [], theirs = [];
        MapBatchToken token = default;
        byte[] keys = new byte[(int)size * KeySize], values = new byte[(int)size * ValueSize];
        int result, other;
        do
        {
            uint count = size;
            fixed (byte* k = keys, v = values)
                result = _ours.SystemLookupBatch(ref token, k, v, take, flags, ref count);
            Collect(ours, keys, values, result is 0 or -NoEntry ? count : 0);
        }
        while (result == 0 && size != 0);
        byte[] position = new byte[Math.Max(KeySize, 4)];
        bool start = true;
        do
        {
            uint count = size;
            other = _theirs.TryLookupBatch(start, position, keys, values, ref count, take, flags);
            Collect(theirs, keys, values, other is 0 or -NoEntry ? count : 0);
            start = false;
        }
        while (other == 0 && size != 0);
        Compare(what, result, other);
        CompareSets(what, ours, theirs, ordered);
    }

    public void UpdateBatch(byte[] keys, byte[] values, uint count, ulong flags)
    {
        uint ours = count, theirs = count;
        int result;
        fixed (byte* k = keys, v = values)
            result = _ours.SystemUpdateBatch(k, v, flags, ref ours);
        int other = _theirs.TryUpdateBatch(keys, values, ref theirs, flags);
        Compare($"update batch of {count} flags {flags}", result, other);
        CompareCounts($"update batch of {count}", result, ours, theirs);
    }

    public void DeleteBatch(byte[] keys, uint count)
    {
        uint ours = count, theirs = count;
        int result;
        fixed (byte* k = keys)
            result = _ours.SystemDeleteBatch(k, 0, ref ours);
        int other = _theirs.TryDeleteBatch(keys, ref theirs);
        Compare($"delete batch of {count}", result, other);
        CompareCounts($"delete batch of {count}", result, ours, theirs);
    }

    private int NextKeyOfOurs(byte[] key, byte[] next)
    {
        fixed (byte* k = key, n = next)
            return _ours.SystemNextKey(key.Length == 0 ? null : k, n);
    }

    private void Collect(List<string> to, byte[] keys, byte[] values, uint count)
    {
        for (int i = 0; i < count; i++)
            to.Add(Hex(keys.AsSpan(i * KeySize, KeySize)) + "=" + Hex(values.AsSpan(i * ValueSize, ValueSize)));
    }

    private void Compare(string operation, int ours, int theirs)
    {
        _history.Add($"{operation} -> {theirs}");
        if (ours != theirs)
            Fail(operation, $"{ours}", $"{theirs}");
    }

    private void Compare(string operation, byte[] ours, byte[] theirs)
    {
        if (!ours.AsSpan().SequenceEqual(theirs))
            Fail(operation, Hex(ours), Hex(theirs));
    }

    private void CompareSets(string operation, List<string> ours, List<string> theirs, bool ordered)
    {
        if (!ordered)
        {
            ours.Sort(StringComparer.Ordinal);
            theirs.Sort(StringComparer.Ordinal);
        }
        if (!ours.SequenceEqual(theirs))
            Fail(operation, string.Join(' ', ours), string.Join(' ', theirs));
    }

    // The kernel leaves the count alone where it refuses the call before it starts.
    private void CompareCounts(string operation, int result, uint ours, uint theirs)
    {
        if (result is not (-22 or -1 or -524) && ours != theirs)
            Fail(operation, $"count {ours}", $"count {theirs}");
    }

    private void Fail(string operation, string ours, string theirs) =>
        Assert.Fail($"{_story}\n  {operation}\n  ours:     {ours}\n  kernel's: {theirs}\n  after {_history.Count} operations, the last ones:\n    "
            + string.Join("\n    ", _history.TakeLast(25)));

    private static string Hex(ReadOnlySpan<byte> bytes) => bytes.Length <= 64 ? Convert.ToHexStringLower(bytes) : Convert.ToHexStringLower(bytes[..64]) + "...";
}
