using System.Numerics;

namespace Headrace.Ports;

/// <summary>Counts of durations in nanoseconds, by buckets of at most 1 % of their value: exact below 128 ns, 128 buckets for each doubling above.</summary>
/// <remarks>One thread records, any may read. Durations of more than 2^40 ns (18 minutes) count as that.</remarks>
public sealed class LatencyHistogram
{
    private const int SubBits = 7;
    private const int SubBuckets = 1 << SubBits;
    private const int LargestBits = 40;
    private const int Buckets = (LargestBits - SubBits + 1) * SubBuckets;

    private readonly long[] _counts = new long[Buckets];

    /// <summary>Durations recorded.</summary>
    public long Count
    {
        get
        {
            long count = 0;
            for (int i = 0; i < Buckets; i++)
                count += Volatile.Read(ref _counts[i]);
            return count;
        }
    }

    /// <summary>Counts a duration, or several of the same length.</summary>
    public void Record(ulong nanoseconds, int times = 1)
    {
        int bucket = BucketOf(nanoseconds);
        Volatile.Write(ref _counts[bucket], _counts[bucket] + times);
    }

    /// <summary>Adds what another recorded.</summary>
    public void Add(LatencyHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int i = 0; i < Buckets; i++)
            _counts[i] += Volatile.Read(ref other._counts[i]);
    }

    /// <summary>The duration below which a share of all lies, within 1 %; 0 when none was recorded.</summary>
    /// <param name="share">From 0 to 1: 0.5 for the median, 1 for the longest.</param>
    public ulong Quantile(double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        long count = Count, seen = 0, wanted = Math.Max(1, (long)Math.Ceiling(share * count));
        if (count == 0)
            return 0;
        for (int i = 0; i < Buckets; i++)
        {
            seen += Volatile.Read(ref _counts[i]);
            if (seen >= wanted)
                return MiddleOf(i);
        }
        return MiddleOf(Buckets - 1);
    }

    private static int BucketOf(ulong value)
    {
        if (value < SubBuckets)
            return (int)value;
        int bits = BitOperations.Log2(value);
        if (bits >= LargestBits)
            return Buckets - 1;
        // The leading bit chooses the row, the seven bits behind it the place in the row.
        return (bits - SubBits + 1) * SubBuckets + (int)((value >> (bits - SubBits)) & (SubBuckets - 1));
    }

    private static ulong MiddleOf(int bucket)
    {
        if (bucket < SubBuckets)
            return (ulong)bucket;
        int shift = bucket / SubBuckets - 1;
        ulong low = (ulong)(SubBuckets + bucket % SubBuckets) << shift;
        return low + ((1UL << shift) >> 1);
    }
}
