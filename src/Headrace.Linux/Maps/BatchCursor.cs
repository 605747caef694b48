using System.Runtime.InteropServices;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>Walks a map by batches.</summary>
internal sealed class BatchCursor(KernelMap map)
{
    /// <summary>The kernel has no batches for this map.</summary>
    public const int NotPossible = -1;

    private readonly byte[] _position = new byte[Math.Max(map.KeySize, sizeof(ulong))];
    private bool _started;

    /// <summary>True when the last batch was the last one.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Reads the next batch.</summary>
    /// <param name="keys">Room for whole keys: structs of a key's size, or bytes.</param>
    /// <param name="values">Room for as many values.</param>
    /// <returns>How many elements it has, or <see cref="NotPossible"/>.</returns>
    /// <remarks>Hash maps hand out whole buckets: where one is larger than the arrays, those grow.</remarks>
    public int Read<TKey, TValue>(ref TKey[] keys, ref TValue[] values) where TKey : unmanaged where TValue : unmanaged
    {
        while (true)
        {
            Span<byte> room = MemoryMarshal.AsBytes(keys.AsSpan());
            uint count = (uint)(room.Length / map.KeySize);
            int result = map.TryLookupBatch(!_started, _position, room, MemoryMarshal.AsBytes(values.AsSpan()), ref count);
            switch (result)
            {
                case 0:
                    _started = true;
                    return (int)count;
                case -ErrorNumber.ENOENT:
                    IsAtEnd = true;
                    return (int)count;
                case -ErrorNumber.ENOSPC:
                    Array.Resize(ref keys, keys.Length * 2);
                    Array.Resize(ref values, values.Length * 2);
                    break;
                case -ErrorNumber.ENOTSUPP or -ErrorNumber.EINVAL or -ErrorNumber.EOPNOTSUPP when !_started:
                    return NotPossible;
                default:
                    throw new KernelException("BPF_MAP_LOOKUP_BATCH", $"map '{map.Name}'", -result);
            }
        }
    }
}
