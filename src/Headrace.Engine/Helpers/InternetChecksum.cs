using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Headrace.Engine;

/// <summary>The ones' complement sum of RFC 1071 in the forms the kernel's checksum helpers hand out.</summary>
/// <remarks>
/// Zero has two representations in ones' complement, and programs see which one they get. Sums here are therefore reduced exactly
/// as on x86-64: added up in 64 bits with end-around carry, then folded once to 32 bits.
/// </remarks>
internal static unsafe class InternetChecksum
{
    /// <summary>Adds <paramref name="length"/> bytes to a 32-bit sum. Bytes are taken as 16-bit words in memory order.</summary>
    public static uint Partial(byte* data, int length, uint sum)
    {
        ulong total = sum;
        byte* end = data + length;

        if (Vector256.IsHardwareAccelerated && length >= 64)
        {
            // A 64-bit word is low + high * 2^32, and a product by 2^32 is a rotation modulo 2^64 - 1: halves can be summed
            // apart without carries. 2^32 additions fit before a half overflows.
            Vector256<ulong> low = Vector256<ulong>.Zero, high = Vector256<ulong>.Zero;
            Vector256<ulong> mask = Vector256.Create(0xffff_fffful);
            for (; end - data >= 32; data += 32)
            {
                Vector256<ulong> words = Vector256.Load((ulong*)data);
                low += words & mask;
                high += words >>> 32;
            }
            total = Add64(total, Vector256.Sum(low));
            total = Add64(total, BitOperations.RotateLeft(Vector256.Sum(high), 32));
        }
        for (; end - data >= 8; data += 8)
            total = Add64(total, Unsafe.ReadUnaligned<ulong>(data));
        ulong tail = 0;
        int shift = 0;
        if (end - data >= 4)
        {
            tail = Unsafe.ReadUnaligned<uint>(data);
            data += 4;
            shift = 32;
        }
        for (; data < end; data++, shift += 8)
            tail |= (ulong)*data << shift;
        total = Add64(total, tail);
        return (uint)((total + BitOperations.RotateRight(total, 32)) >> 32);
    }

    /// <summary>Sum of two 32-bit sums.</summary>
    public static uint Add(uint left, uint right)
    {
        uint sum = left + right;
        return sum + (sum < right ? 1u : 0u);
    }

    /// <summary>Difference of two 32-bit sums.</summary>
    public static uint Subtract(uint left, uint right) => Add(left, ~right);

    /// <summary>A 32-bit sum folded to 16 bits, not inverted.</summary>
    public static ushort To16(uint sum)
    {
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)sum;
    }

    /// <summary>The checksum field's value for a 32-bit sum.</summary>
    public static ushort Fold(uint sum) => (ushort)~To16(sum);

    /// <summary>The field's value after what it covers changed by <paramref name="difference"/> (a sum).</summary>
    public static ushort ReplaceByDifference(ushort field, uint difference) => Fold(Add(difference, ~(uint)field));

    /// <summary>The field's value after a 32-bit word it covers changed (RFC 1624, equation 3).</summary>
    public static ushort Replace(ushort field, uint from, uint to) => Fold(Add(Subtract(~(uint)field, from), to));

    /// <summary>The field's value after a 16-bit word it covers changed, added up in 16 bits as the IPv4 header form does.</summary>
    public static ushort Replace16(ushort field, ushort from, ushort to) => (ushort)~Add16(Add16((ushort)~field, (ushort)~from), to);

    private static ushort Add16(ushort left, ushort right)
    {
        ushort sum = (ushort)(left + right);
        return (ushort)(sum + (sum < right ? 1 : 0));
    }

    private static ulong Add64(ulong left, ulong right)
    {
        ulong sum = left + right;
        return sum + (sum < right ? 1ul : 0ul);
    }
}
