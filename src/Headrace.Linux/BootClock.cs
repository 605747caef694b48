using System.Runtime.InteropServices;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>The clock the kernel stamps objects with: nanoseconds since the machine started, sleep included.</summary>
internal static unsafe class BootClock
{
    private const int BootTime = 7; // CLOCK_BOOTTIME, include/uapi/linux/time.h

    /// <summary>Nanoseconds since the machine started.</summary>
    public static long Nanoseconds
    {
        get
        {
            long* time = stackalloc long[2];
            if (Libc.GetTime(BootTime, time) != 0)
                throw new KernelException("clock_gettime", "time since boot", Marshal.GetLastPInvokeError());
            return time[0] * 1_000_000_000 + time[1];
        }
    }

    /// <summary>The date and time of a stamp.</summary>
    public static DateTimeOffset ToWallClock(ulong stamp) =>
        DateTimeOffset.Now - TimeSpan.FromTicks((Nanoseconds - (long)Math.Min(stamp, long.MaxValue)) / TimeSpan.NanosecondsPerTick);
}
