using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Microsoft.Win32.SafeHandles;

namespace Headrace.Ports.Sys;

/// <summary>An event counter shared with a peer or a thread (eventfd(2)), that never blocks whoever signals it.</summary>
internal sealed unsafe class EventDescriptor : IDisposable
{
    private const int NonBlocking = 0x800, CloseOnExec = 0x80000;
    private const int GetFlags = 3, SetFlags = 4; // F_GETFL, F_SETFL

    private EventDescriptor(SafeFileHandle handle) => Handle = handle;

    /// <summary>The descriptor, for poll(2) and for handing it to a peer.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Makes one.</summary>
    /// <exception cref="HeadraceException">No descriptors are left.</exception>
    public static EventDescriptor Create()
    {
        var handle = Posix.EventFd(0, NonBlocking | CloseOnExec);
        return handle.IsInvalid
            ? throw new HeadraceException($"cannot make an event descriptor: {Marshal.GetLastPInvokeErrorMessage()}")
            : new EventDescriptor(handle);
    }

    /// <summary>Takes a peer's.</summary>
    /// <exception cref="ControlException">It is another kind of file, writing to which could block.</exception>
    public static EventDescriptor Take(SafeFileHandle handle)
    {
        string? target = File.ResolveLinkTarget($"/proc/self/fd/{handle.DangerousGetHandle()}", returnFinalTarget: false)?.Name;
        if (target != "anon_inode:[eventfd]")
        {
            handle.Dispose();
            throw new ControlException("the peer sent a descriptor that is no eventfd");
        }
        _ = Posix.Control(handle, SetFlags, Posix.Control(handle, GetFlags, 0) | NonBlocking);
        return new EventDescriptor(handle);
    }

    /// <summary>Wakes who waits. A counter that is full already does.</summary>
    public void Signal()
    {
        ulong one = 1;
        _ = Posix.Write(Handle, &one, sizeof(ulong));
    }

    /// <summary>Sets the counter to zero.</summary>
    public void Clear()
    {
        ulong value;
        _ = Posix.Read(Handle, &value, sizeof(ulong));
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();
}
