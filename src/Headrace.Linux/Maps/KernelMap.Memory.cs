using Headrace.Linux.Sys;

namespace Headrace.Linux;

public sealed partial class KernelMap
{
    /// <summary>Maps the values of an array made with <c>BPF_F_MMAPABLE</c> into this process's memory.</summary>
    /// <param name="writable">False for frozen maps, which nobody may write.</param>
    /// <exception cref="KernelException">The kernel refused it.</exception>
    internal Mapping MapMemory(bool writable)
    {
        // Each value has a multiple of 8 bytes, the whole a multiple of a page (array_map_mmap, kernel/bpf/arraymap.c).
        nuint page = (nuint)Environment.SystemPageSize;
        nuint length = ((((nuint)ValueSize + 7) & ~(nuint)7) * Spec.MaxEntries + page - 1) & ~(page - 1);
        return Mapping.Of(_descriptor, length, 0, writable, Subject);
    }
}
