using Headrace.Linux.Sys;

namespace Headrace.Ports.Sys;

/// <summary>A piece of mapped memory; unmapped when disposed of.</summary>
internal sealed unsafe class Memory : IDisposable
{
    private const int ReadWrite = 3; // PROT_READ | PROT_WRITE
    private const int Shared = 1; // MAP_SHARED
    private const int PrivateAnonymous = 0x22; // MAP_PRIVATE | MAP_ANONYMOUS
    private const int Populate = 0x8000; // MAP_POPULATE
    private const int AdviseHugePages = 14; // MADV_HUGEPAGE
    private const nuint HugePage = 2 << 20;

    private readonly byte* _mapping;
    private readonly nuint _mappedLength;
    private bool _disposed;

    private Memory(byte* mapping, nuint mappedLength, byte* address, nuint length)
    {
        _mapping = mapping;
        _mappedLength = mappedLength;
        Address = address;
        Length = length;
    }

    /// <summary>The first byte.</summary>
    public byte* Address { get; }

    /// <summary>Bytes.</summary>
    public nuint Length { get; }

    /// <summary>Maps what a descriptor offers for sharing with the kernel.</summary>
    /// <param name="descriptor">The socket or file.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="offset">Which of its areas.</param>
    /// <param name="what">Its name in an error.</param>
    /// <exception cref="Linux.KernelException">The kernel refused.</exception>
    public static Memory Map(Descriptor descriptor, nuint length, long offset, string what)
    {
        nint address = Libc.Map(null, length, ReadWrite, Shared | Populate, descriptor.Value, offset);
        if (address == -1)
            throw new Linux.KernelException("mmap", what, Libc.Errno);
        return new Memory((byte*)address, length, (byte*)address, length);
    }

    /// <summary>Zeroed memory that begins at a huge page and is backed by such where the system has them.</summary>
    /// <exception cref="Linux.KernelException">The kernel refused.</exception>
    public static Memory Allocate(nuint length, string what)
    {
        nuint mapped = length + HugePage;
        nint mapping = Libc.Map(null, mapped, ReadWrite, PrivateAnonymous, -1, 0);
        if (mapping == -1)
            throw new Linux.KernelException("mmap", what, Libc.Errno);
        byte* address = (byte*)(((nuint)mapping + HugePage - 1) & ~(HugePage - 1));
        _ = Libc.Advise(address, length, AdviseHugePages); // small pages do where there are none
        return new Memory((byte*)mapping, mapped, address, length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_disposed)
            _ = Libc.Unmap(_mapping, _mappedLength);
        _disposed = true;
    }
}
