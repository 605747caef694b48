using System.Runtime.CompilerServices;

namespace Headrace.Engine;

/// <summary>The mixing step of all key hashes: a 64x64-bit product with its halves folded by exclusive or.</summary>
internal static class FoldedMultiply
{
    // Odd numbers with about as many ones as zeros: fractional parts of the golden ratio and of square roots.
    public const ulong First = 0x9E37_79B9_7F4A_7C15;
    public const ulong Second = 0xBB67_AE85_84CA_A73B;
    public const ulong Third = 0x3C6E_F372_FE94_F82B;
    public const ulong Fourth = 0xA54F_F53A_5F1D_36F1;
    public const ulong Fifth = 0x510E_527F_ADE6_82D1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }
}
