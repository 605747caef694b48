using System.Runtime.InteropServices;

namespace Headrace.Ports.Sys;

/// <summary>What poll(2) reads and writes for a descriptor (<c>struct pollfd</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor
{
    public const short Readable = 1; // POLLIN
    public const short Writable = 4; // POLLOUT

    public int Descriptor;
    public short Wanted;
    public short Happened;
}
