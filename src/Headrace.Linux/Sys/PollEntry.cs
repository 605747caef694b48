using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary><c>struct pollfd</c> (poll(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    public const short Readable = 1; // POLLIN
    public const short Writable = 4; // POLLOUT

    public int Descriptor;
    public short Events;
    public short Answer;
}
