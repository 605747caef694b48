using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>The processors the kernel keeps per-CPU values for.</summary>
public static class Processors
{
    private const int Words = 16; // 1024 processors, as the C library's cpu_set_t

    /// <summary>Number of processors that can ever be present: how many values an element of a per-CPU map has.</summary>
    public static int Possible { get; } = CountPossible();

    /// <summary>The processors that run now.</summary>
    public static IEnumerable<int> Online()
    {
        // "0-3,8-11"
        foreach (string part in File.ReadAllText("/sys/devices/system/cpu/online").Trim().Split(','))
        {
            string[] ends = part.Split('-');
            int first = int.Parse(ends[0], CultureInfo.InvariantCulture), last = int.Parse(ends[^1], CultureInfo.InvariantCulture);
            for (int processor = first; processor <= last; processor++)
                yield return processor;
        }
    }

    /// <summary>Keeps the calling thread on one processor, so that per-CPU values and <c>bpf_get_smp_processor_id</c> are those of a known one.</summary>
    /// <param name="processor">Its number: the first one the thread may run on.</param>
    /// <returns>What gives the thread its processors back; dispose of it on the same thread.</returns>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static IDisposable Pin(out int processor)
    {
        ulong[] allowed = Affinity();
        int word = Array.FindIndex(allowed, bits => bits != 0);
        processor = word * 64 + BitOperations.TrailingZeroCount(allowed[word]);
        return Pin(processor, allowed);
    }

    /// <summary>Keeps the calling thread on the processor of a number.</summary>
    /// <returns>What gives the thread its processors back; dispose of it on the same thread.</returns>
    /// <exception cref="KernelException">The kernel refused: there is no such processor, or the thread may not run on it.</exception>
    public static IDisposable Pin(int processor) => Pin(processor, Affinity());

    private static Pinned Pin(int processor, ulong[] before)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(processor);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(processor, Words * 64);
        ulong[] one = new ulong[Words];
        one[processor / 64] = 1UL << (processor % 64);
        SetAffinity(one);
        return new Pinned(before);
    }

    private static unsafe ulong[] Affinity()
    {
        ulong[] allowed = new ulong[Words];
        fixed (ulong* mask = allowed)
        {
            if (Libc.GetAffinity(0, Words * sizeof(ulong), mask) < 0)
                throw new KernelException("sched_getaffinity", "this thread", Marshal.GetLastPInvokeError());
        }
        return allowed;
    }

    private static unsafe void SetAffinity(ulong[] processors)
    {
        fixed (ulong* mask = processors)
        {
            if (Libc.SetAffinity(0, (nuint)processors.Length * sizeof(ulong), mask) < 0)
                throw new KernelException("sched_setaffinity", "this thread", Marshal.GetLastPInvokeError());
        }
    }

    private sealed class Pinned(ulong[] before) : IDisposable
    {
        public void Dispose() => SetAffinity(before);
    }

    private static int CountPossible()
    {
        // "0-3,8-11": per-CPU values stand for every number up to the highest.
        string text = File.ReadAllText("/sys/devices/system/cpu/possible").Trim();
        string last = text[(text.LastIndexOfAny([',', '-']) + 1)..];
        return int.Parse(last, CultureInfo.InvariantCulture) + 1;
    }
}
