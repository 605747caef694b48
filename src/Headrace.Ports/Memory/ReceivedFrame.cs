using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>Describes frames that have just come.</summary>
internal static unsafe class ReceivedFrame
{
    /// <summary>Sets every field but the verdict, which a program sets.</summary>
    /// <remarks>
    /// Field by field, neighbours together: an initializer is built aside and copied, which costs as much again, and at tens of millions of
    /// frames a second every store counts.
    /// </remarks>
    /// <param name="frame">The description.</param>
    /// <param name="start">Start of the packet's buffer.</param>
    /// <param name="data">First byte of the packet.</param>
    /// <param name="length">Its length.</param>
    /// <param name="end">End of the buffer.</param>
    /// <param name="source">Interface index, and the queue's number in the upper half.</param>
    /// <param name="buffer">By what the queue knows the buffer again.</param>
    /// <param name="now">Time stamp.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Describe(Frame* frame, byte* start, byte* data, uint length, byte* end, ulong source, ulong buffer, ulong now)
    {
        frame->HardStart = start;
        frame->Meta = data;
        frame->Data = data;
        frame->End = data + length;
        frame->HardEnd = end;
        *(ulong*)&frame->IngressIfindex = source;
        frame->EgressIfindex = 0;
        frame->Buffer = buffer;
        // The redirect's target, flags, key and map, and the socket buffer.
        Vector256<byte>.Zero.Store((byte*)&frame->RedirectTarget);
        frame->Timestamp = now;
    }
}
