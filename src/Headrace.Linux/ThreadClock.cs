using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>The processor time that the calling thread has used: what a measurement wants on a machine that others use too.</summary>
public static unsafe class ThreadClock
{
    private const int ThreadCpuTime = 3; // CLOCK_THREAD_CPUTIME_ID, include/uapi/linux/time.h

    /// <summary>Nanoseconds in user code and in the kernel since the thread started.</summary>
    /// <exception cref="KernelException">The system has no such clock.</exception>
    public static long Nanoseconds
    {
        get
        {
            long* time = stackalloc long[2];
            if (Libc.GetTime(ThreadCpuTime, time) != 0)
                throw new KernelException("clock_gettime", "thread time", System.Runtime.InteropServices.Marshal.GetLastPInvokeError());
            return time[0] * 1_000_000_000 + time[1];
        }
    }
}
