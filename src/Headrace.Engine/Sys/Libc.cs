using System.Runtime.InteropServices;

namespace Headrace.Engine.Sys;

/// <summary>What the engine asks of the C library.</summary>
internal static unsafe partial class Libc
{
    private const nuint PageSize = 4096;
    private const int MadvHugepage = 14; // MADV_HUGEPAGE, asm-generic/mman-common.h

    /// <summary>Asks for 2 MiB pages behind a block: one translation for 512 of the small ones. Advice only; elsewhere than on Linux nothing happens.</summary>
    public static void PreferHugePages(byte* start, ulong length)
    {
        if (!OperatingSystem.IsLinux())
            return;
        nuint first = ((nuint)start + PageSize - 1) & ~(PageSize - 1), end = ((nuint)start + (nuint)length) & ~(PageSize - 1);
        if (first < end)
            _ = Madvise((void*)first, end - first, MadvHugepage); // a kernel without huge pages answers EINVAL, and small pages do
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Madvise(void* start, nuint length, int advice);
}
