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

    private readonly nuint _mapped;
    private readonly int _guard;

    private SharedMemory(void* address, nuint length, nuint mapped, int guard) : base(invalidHandleValue: 0, ownsHandle: true)
    {
        SetHandle((nint)address);
        (Length, _mapped, _guard) = (length, mapped, guard);
    }

    /// <summary>First byte.</summary>
    public byte* Address => (byte*)handle;

    /// <summary>Bytes mapped.</summary>
    public nuint Length { get; }

    /// <summary>True when the peer took pages away: zeros of our own stand in their place now.</summary>
    public bool IsLost => BusErrorGuard.IsLost(_guard);

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
        nuint page = information[0] == HugeTlbFs ? (nuint)information[1] : 4096;
        nuint mapped = (length + page - 1) & ~(page - 1);
        void* address = Posix.Map(null, length, ReadWrite, Shared, descriptor, 0);
        if ((nint)address == -1)
            throw new ControlException($"the peer's memory cannot be mapped: {Marshal.GetLastPInvokeErrorMessage()}");
        try
        {
            return new SharedMemory(address, length, mapped, BusErrorGuard.Add((byte*)address, mapped));
        }
        catch (ControlException)
        {
            _ = Posix.Unmap(address, mapped);
            throw;
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        BusErrorGuard.Remove(_guard);
        return Posix.Unmap((void*)handle, _mapped) == 0;
    }
}
