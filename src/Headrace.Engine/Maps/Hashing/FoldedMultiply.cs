using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Headrace.Engine;

/// <summary>The mixing step of all key hashes: a 64x64-bit product with its halves folded by exclusive or.</summary>
internal static class FoldedMultiply
{
    // Odd numbers with about as many ones as zeros: fractional parts of the golden ratio and of square roots.
    public const ulong First = 0x9E37_79B9_7F4A_7C15;
    public const ulong Second = 0xBB67_AE85_84CA_A73B;
    public const ulong Third = 0x3C6E_F372_FE94_F82B;
    public const ulong Fifth = 0x510E_527F_ADE6_82D1;

    /// <summary>32 bits of a hash that spread keys over buckets.</summary>
    /// <remarks>
    /// The products of numbers in a row are steps of one width, which meet in few buckets when chance makes it a bad one. A CRC, one instruction, is
    /// no sum: it breaks the steps. By itself it would be no hash, since anybody can make keys of one CRC; here nobody knows what it is of.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Spread(ulong mixed) => BitOperations.Crc32C(0, mixed);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong left, ulong right)
    {
        // Two multiplications: the one that gives both halves gives the lower one through memory.
        if (Bmi2.X64.IsSupported)
            return Bmi2.X64.MultiplyNoFlags(left, right) ^ (left * right);
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }
}
