using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Headrace.Ports;

/// <summary>Copies packets: most are short, where the call of a general copy costs more than the copy.</summary>
internal static unsafe class PacketCopy
{
    /// <summary>Copies bytes between places that do not overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* to, byte* from, uint length)
    {
        if (length - 32 <= 256 - 32)
            Short(to, from, length);
        else
            Unsafe.CopyBlockUnaligned(to, from, length);
    }

    // From 32 to 256 bytes: whole vectors, the last of which overlaps the one before.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Short(byte* to, byte* from, uint length)
    {
        Vector256<byte> last = Vector256.Load(from + length - 32);
        for (uint at = 0; at + 32 < length; at += 32)
            Vector256.Load(from + at).Store(to + at);
        last.Store(to + length - 32);
    }
}
