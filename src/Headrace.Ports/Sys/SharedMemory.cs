using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Microsoft.Win32.SafeHandles;

namespace Headrace.Ports.Sys;

/// <summary>Memory mapped from a descriptor, ours or a peer's, until it is disposed.</summary>
internal sealed unsafe class SharedMemory : SafeHandle
{
    private const int ReadWrite = 3; // PROT_READ | PROT_WRITE
    private const int Shared = 1;
    private const uint CloseOnExec = 1, AllowSealing = 2; // MFD_CLOEXEC, MFD_ALLOW_SEALING
    private const int AddSeals = 1033; // F_ADD_SEALS
    private const int SealShrink = 2, SealGrow = 4;
    private const long Tmpfs = 0x01021994, HugeTlbFs = 0x958458f6; // include/uapi/linux/magic.h

    private SharedMemory(void* address, nuint length) : base(invalidHandleValue: 0, ownsHandle: true)
    {
        SetHandle((nint)address);
        Length = length;
    }

    /// <summary>First byte.</summary>
    public byte* Address => (byte*)handle;

    /// <summary>Bytes mapped.</summary>
    public nuint Length { get; }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Makes zeroed memory that can be handed to a peer, sealed against a change of its size.</summary>
    /// <exception cref="HeadraceException">The system has no memory or descriptors left.</exception>
    public static SharedMemory Create(string name, nuint length, out SafeFileHandle descriptor)
    {
        descriptor = Posix.CreateMemory(name, CloseOnExec | AllowSealing);
        if (descriptor.IsInvalid || Posix.Truncate(descriptor, (long)length) != 0 || Posix.Control(descriptor, AddSeals, SealShrink | SealGrow) != 0)
        {
            string reason = Marshal.GetLastPInvokeErrorMessage();
            descriptor.Dispose();
            throw new HeadraceException($"cannot make {length} bytes of shared memory: {reason}");
        }
        try
        {
            return Map(descriptor, length);
        }
        catch (ControlException error)
        {
            descriptor.Dispose();
            throw new HeadraceException(error.Message);
        }
    }

    /// <summary>Maps a peer's memory from the start of its file.</summary>
    /// <param name="descriptor">The file; it may be closed afterwards.</param>
    /// <param name="length">Bytes from the file's start; the file must have them.</param>
    /// <exception cref="ControlException">The file is no memory, is shorter, or cannot be mapped.</exception>
    public static SharedMemory Map(SafeFileHandle descriptor, nuint length)
    {
        // A page of a file system that answers from elsewhere (FUSE, NFS) could keep a worker waiting for ever.
        long* information = stackalloc long[32];
        if (Posix.FileSystem(descriptor, information) != 0 || information[0] is not (Tmpfs or HugeTlbFs))
            throw new ControlException("the peer's memory is no memfd, tmpfs or hugetlbfs file");
        if (length == 0 || length > (nuint)RandomAccess.GetLength(descriptor))
            throw new ControlException($"the peer claims {length} bytes of memory, its file has {RandomAccess.GetLength(descriptor)}");
        void* address = Posix.Map(null, length, ReadWrite, Shared, descriptor, 0);
        return (nint)address == -1
            ? throw new ControlException($"the peer's memory cannot be mapped: {Marshal.GetLastPInvokeErrorMessage()}")
            : new SharedMemory(address, length);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        // Huge pages are unmapped by whole pages; nothing else tells their size without another call.
        foreach (nuint page in (ReadOnlySpan<nuint>)[4096, 2 << 20, 1 << 30])
        {
            if (Posix.Unmap((void*)handle, (Length + page - 1) & ~(page - 1)) == 0)
                return true;
        }
        return false;
    }
}
