using Microsoft.Win32.SafeHandles;

namespace Headrace.Linux.Sys;

/// <summary>A file descriptor that is closed once, by whoever owns it or at the latest by the finalizer.</summary>
internal sealed class Descriptor : SafeHandleMinusOneIsInvalid
{
    public Descriptor(int value) : base(ownsHandle: true) => SetHandle(value);

    /// <summary>The number, for a system call made while the descriptor is referenced.</summary>
    public int Value
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return (int)handle;
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
