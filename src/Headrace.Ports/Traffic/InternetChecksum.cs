using System.Buffers.Binary;

namespace Headrace.Ports;

/// <summary>The one's complement sum of RFC 1071, kept in the byte order of the packet.</summary>
internal static class InternetChecksum
{
    /// <summary>Adds bytes to a running sum; every piece but the last has an even length.</summary>
    public static ulong Add(ulong sum, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 4; bytes = bytes[4..])
            sum += BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (bytes.Length >= 2)
        {
            sum += (ulong)BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes[2..];
        }
        return bytes.Length == 0 ? sum : sum + ((ulong)bytes[0] << 8);
    }

    /// <summary>Folds the sum to 16 bits and complements it: what goes into the header.</summary>
    public static ushort Finish(ulong sum)
    {
        sum = (sum & 0xFFFFFFFF) + (sum >> 32);
        while (sum >> 16 != 0)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }
}
