using System.Numerics;
using System.Security.Cryptography;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>A set that may say yes wrongly and never no wrongly (<c>BPF_MAP_TYPE_BLOOM_FILTER</c>): push adds a value, peek asks.</summary>
internal sealed unsafe class BloomFilterMap : Map
{
    private const int DefaultHashes = 5;

    private readonly NativeBlock _memory;
    private readonly ulong* _words;
    private readonly ulong _seed;
    private readonly uint _mask;
    private readonly int _hashes;

    public BloomFilterMap(MapSpec spec, int cpus) : base(spec, cpus)
    {
        _hashes = spec.Extra == 0 ? DefaultHashes : (int)spec.Extra;
        // Hashes / ln 2 bits an element make half the bits set when the filter is full; 7/5 is the kernel's 1 / ln 2.
        UInt128 bits = (UInt128)MaxEntries * (uint)_hashes * 7 / 5;
        ulong rounded = bits > 1u << 31 ? 1UL << 32 : Math.Max(64, BitOperations.RoundUpToPowerOf2((ulong)bits));
        _mask = (uint)(rounded - 1);
        _memory = new NativeBlock(rounded / 64, sizeof(ulong));
        _words = (ulong*)_memory.Address;
        _seed = (spec.Flags & MapFlags.ZeroSeed) != 0 ? 0 : BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    }

    internal override int Push(byte* value, ulong flags)
    {
        if (flags != 0)
            return -Errno.EINVAL;
        ulong hash = KeyAny.Read(value, ValueSize).Hash(_seed);
        for (int i = 0; i < _hashes; i++)
        {
            uint bit = Bit(hash, i);
            ref ulong word = ref _words[bit / 64];
            ulong mark = 1UL << (int)(bit % 64);
            if ((Volatile.Read(ref word) & mark) == 0)
                Interlocked.Or(ref word, mark);
        }
        return 0;
    }

    internal override int Peek(byte* value)
    {
        ulong hash = KeyAny.Read(value, ValueSize).Hash(_seed);
        for (int i = 0; i < _hashes; i++)
        {
            uint bit = Bit(hash, i);
            if ((_words[bit / 64] >> (int)(bit % 64) & 1) == 0)
                return -Errno.ENOENT;
        }
        return 0;
    }

    internal override byte* Lookup(byte* key, int cpu) => null;

    internal override int Update(byte* key, byte* value, ulong flags, int cpu) => -Errno.EINVAL;

    internal override int Delete(byte* key) => -Errno.EOPNOTSUPP;

    internal override int NextKey(byte* key, byte* next) => -Errno.EOPNOTSUPP;

    internal override bool Contains(ulong address, ulong size) => false;

    private protected override int CopyOut(byte* key, byte* value, ulong flags) => Peek(value);

    private protected override int CopyIn(byte* key, byte* value, ulong flags) => Push(value, flags);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _memory.Dispose();
    }

    // Both halves of one hash make all others: as good as independent ones for this use (Kirsch and Mitzenmacher, 2006).
    private uint Bit(ulong hash, int index) => ((uint)hash + (uint)index * ((uint)(hash >> 32) | 1)) & _mask;
}
