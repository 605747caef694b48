using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary>The C library's functions that the kernel interface stands on.</summary>
internal static unsafe partial class Libc
{
    /// <summary>bpf(2) has no wrapper in the C library: it is called by number (arch/*/include/generated/uapi/asm/unistd_64.h).</summary>
    private static readonly long s_bpfNumber = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 321,
        Architecture.Arm64 => 280,
        Architecture other => throw new PlatformNotSupportedException($"bpf(2) is known here for x86-64 and arm64, this process is {other}"),
    };

    /// <summary>Makes one bpf(2) call.</summary>
    /// <returns>What the kernel answered, 0 or above, or the negative error number.</returns>
    public static int Bpf(BpfCommand command, void* attributes, int size)
    {
        long result = SystemCall(s_bpfNumber, (long)command, attributes, (nuint)size);
        return result < 0 ? -Marshal.GetLastPInvokeError() : (int)result;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long command, void* attributes, nuint size);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUserId();

    /// <summary>Reads a clock into seconds and nanoseconds (<c>struct timespec</c> of 64-bit machines).</summary>
    /// <returns>0, or -1 with the error number set.</returns>
    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    public static partial int GetTime(int clock, long* time);

    /// <summary>Reads which processors the calling thread may run on.</summary>
    /// <returns>0, or -1 with the error number set.</returns>
    [LibraryImport("libc", EntryPoint = "sched_getaffinity", SetLastError = true)]
    public static partial int GetAffinity(int thread, nuint size, ulong* mask);

    /// <summary>Sets which processors the calling thread (0) may run on.</summary>
    /// <returns>0, or -1 with the error number set.</returns>
    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    public static partial int SetAffinity(int thread, nuint size, ulong* mask);

    /// <summary>Reads facts of a file system (<c>struct statfs</c>, 120 bytes on 64-bit machines; its first 8 bytes are the type).</summary>
    /// <returns>0, or -1 with the error number set.</returns>
    [LibraryImport("libc", EntryPoint = "statfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int GetFileSystem(string path, long* facts);

    /// <summary>Mounts a file system.</summary>
    /// <returns>0, or -1 with the error number set.</returns>
    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string source, string target, string type, ulong flags, string? data);

    /// <summary>Opens a socket.</summary>
    /// <returns>Its descriptor, or -1 with the error number set.</returns>
    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int OpenSocket(int family, int type, int protocol);

    /// <summary>Sets an option of a socket.</summary>
    /// <returns>0, or -1 with the error number set.</returns>
    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSocketOption(int socket, int level, int option, void* value, uint size);

    /// <summary>Sends a message.</summary>
    /// <returns>Bytes sent, or -1 with the error number set.</returns>
    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int socket, byte* bytes, nuint length, int flags);

    /// <summary>Receives a message; with <c>MSG_TRUNC</c> its whole length is answered even where it did not fit.</summary>
    /// <returns>Bytes of the message, or -1 with the error number set.</returns>
    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int socket, byte* bytes, nuint length, int flags);

    /// <summary>Opens a file.</summary>
    /// <returns>Its descriptor, or -1 with the error number set.</returns>
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenFile(string path, int flags);

    /// <summary>Moves the calling thread into a namespace.</summary>
    /// <returns>0, or -1 with the error number set.</returns>
    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    public static partial int EnterNamespace(int descriptor, int kind);

    /// <summary>Maps memory.</summary>
    /// <returns>Its address, or -1 with the error number set.</returns>
    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial nint MapMemory(nint address, nuint length, int protection, int flags, int descriptor, long offset);

    /// <summary>Unmaps memory.</summary>
    /// <returns>0, or -1 with the error number set.</returns>
    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int UnmapMemory(nint address, nuint length);

    /// <summary>Waits until a descriptor of several is ready.</summary>
    /// <returns>How many are, 0 after the time is over, or -1 with the error number set.</returns>
    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    /// <summary>Opens a performance counter by number: perf_event_open(2) has no wrapper in the C library.</summary>
    /// <returns>Its descriptor, or -errno.</returns>
    public static int OpenPerfEvent(PerfEventAttr* attributes, int processor)
    {
        const int EveryProcess = -1, NoGroup = -1, CloseOnExec = 8; // PERF_FLAG_FD_CLOEXEC
        long number = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 298 : 241;
        long result = SystemCall(number, attributes, EveryProcess, processor, NoGroup, CloseOnExec);
        return result < 0 ? -Marshal.GetLastPInvokeError() : (int)result;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, PerfEventAttr* attributes, int process, int processor, int group, ulong flags);

    /// <summary>Gives a command to a device or counter.</summary>
    /// <returns>0 or above, or -1 with the error number set.</returns>
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(int descriptor, ulong request, ulong argument);

    /// <summary>Reads from a file.</summary>
    /// <returns>Bytes read, or -1 with the error number set.</returns>
    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* bytes, nuint length);
}
