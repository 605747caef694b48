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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Describe(Frame* frame, byte* start, byte* data, uint length, byte* end, uint ifindex, uint queue, ulong buffer, ulong now)
    {
        frame->HardStart = start;
        frame->Meta = data;
        frame->Data = data;
        frame->End = data + length;
        frame->HardEnd = end;
        *(ulong*)&frame->IngressIfindex = ifindex | ((ulong)queue << 32);
        frame->EgressIfindex = 0;
        // The redirect's target, flags, key and map, and the socket buffer.
        Vector256<byte>.Zero.Store((byte*)&frame->RedirectTarget);
        frame->Timestamp = now;
        frame->Buffer = buffer;
    }
}
