using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>The processors the kernel keeps per-CPU values for.</summary>
public static class Processors
{
    /// <summary>Number of processors that can ever be present: how many values an element of a per-CPU map has.</summary>
    public static int Possible { get; } = CountPossible();

    /// <summary>Keeps the calling thread on one processor, so that per-CPU values and <c>bpf_get_smp_processor_id</c> are those of a known one.</summary>
    /// <param name="processor">Its number: the first one the thread may run on.</param>
    /// <returns>What gives the thread its processors back; dispose of it on the same thread.</returns>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static unsafe IDisposable Pin(out int processor)
    {
        const int Words = 16; // 1024 processors, as the C library's cpu_set_t
        ulong[] allowed = new ulong[Words], one = new ulong[Words];
        fixed (ulong* mask = allowed)
        {
            if (Libc.GetAffinity(0, Words * sizeof(ulong), mask) < 0)
                throw new KernelException("sched_getaffinity", "this thread", Marshal.GetLastPInvokeError());
        }
        int word = Array.FindIndex(allowed, bits => bits != 0);
        int bit = BitOperations.TrailingZeroCount(allowed[word]);
        processor = word * 64 + bit;
        one[word] = 1UL << bit;
        SetAffinity(one);
        return new Pinned(allowed);
    }

    /// <summary>Keeps the calling thread on one processor for good.</summary>
    /// <param name="processor">Its number.</param>
    /// <exception cref="KernelException">The kernel refused: there is no such processor, or the thread may not run on it.</exception>
    public static void PinTo(int processor)
    {
        ulong[] one = new ulong[processor / 64 + 1];
        one[processor / 64] = 1UL << (processor % 64);
        SetAffinity(one);
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
