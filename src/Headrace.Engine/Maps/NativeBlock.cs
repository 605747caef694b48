using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;
using Headrace.Engine.Sys;

namespace Headrace.Engine;

/// <summary>Zeroed native memory on a cache-line boundary, freed with its owner.</summary>
/// <remarks>Large blocks are backed by the system page by page as they are first written: a huge map costs what it holds.</remarks>
internal sealed unsafe class NativeBlock : CriticalFinalizerObject, IDisposable
{
    private const int CacheLine = 64;
    private const ulong HugePage = 2 << 20;
    private void* _allocation;

    /// <summary>Takes <paramref name="count"/> times <paramref name="size"/> bytes.</summary>
    /// <exception cref="OutOfMemoryException">The system has no such memory, or the product is more than a process can address.</exception>
    public NativeBlock(ulong count, ulong size)
    {
        UInt128 bytes = (UInt128)count * size;
        if (bytes > (UInt128)nint.MaxValue - CacheLine)
            throw new OutOfMemoryException();
        Length = (ulong)bytes;
        _allocation = NativeMemory.AllocZeroed((nuint)Length + CacheLine);
        Address = (byte*)(((ulong)_allocation + CacheLine - 1) & ~(CacheLine - 1UL));
    }

    /// <summary>Asks for huge pages, for memory that is touched in random places. Each touch then backs 2 MiB.</summary>
    public NativeBlock PreferHugePages()
    {
        if (Length >= 2 * HugePage)
            Libc.PreferHugePages(Address, Length);
        return this;
    }

    /// <summary>First byte.</summary>
    public byte* Address { get; private set; }

    /// <summary>Bytes.</summary>
    public ulong Length { get; private set; }

    ~NativeBlock() => Free();

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.Free(_allocation);
        _allocation = null;
        Address = null;
        Length = 0;
    }
}
