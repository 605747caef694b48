using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary>Memory shared with the kernel (mmap(2)), unmapped once, by whoever owns it or at the latest by the finalizer.</summary>
internal sealed unsafe class Mapping : SafeHandle
{
    private const int Read = 1, ReadWrite = 3; // PROT_READ, PROT_READ | PROT_WRITE
    private const int Shared = 1; // MAP_SHARED

    private readonly nuint _length;

    private Mapping(nint address, nuint length) : base(-1, ownsHandle: true)
    {
        SetHandle(address);
        _length = length;
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == -1;

    /// <summary>Its first byte.</summary>
    public byte* Address => (byte*)handle;

    /// <summary>Maps a part of what a descriptor stands for.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static Mapping Of(Descriptor descriptor, nuint length, long offset, bool writable, string subject)
    {
        nint address = Libc.MapMemory(0, length, writable ? ReadWrite : Read, Shared, descriptor.Value, offset);
        return address != -1 ? new Mapping(address, length) : throw new KernelException("mmap", subject, Marshal.GetLastPInvokeError());
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.UnmapMemory(handle, _length) == 0;
}
