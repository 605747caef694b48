using System.Buffers.Binary;

namespace Headrace.Testing;

/// <summary>The programs' hash of a 5-tuple (programs/include/hash.h), written again.</summary>
public static class FlowHash
{
    public static uint Of(string source, string destination, int sourcePort, int destinationPort, byte protocol)
    {
        byte[] from = Packets.Wide(source), to = Packets.Wide(destination);
        ulong hash = 0;
        for (int i = 0; i < 16; i += 4)
            hash = Mix(hash ^ ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(from.AsSpan(i)) << 32 | BinaryPrimitives.ReadUInt32LittleEndian(to.AsSpan(i))));
        return (uint)Mix(hash ^ ((ulong)Swap(sourcePort) << 32 | (uint)Swap(destinationPort) << 16 | protocol));
    }

    public static ulong Mix(ulong value)
    {
        const ulong multiplier = 0xD6E8FEB86659FD93;
        value = (value ^ value >> 32) * multiplier;
        value = (value ^ value >> 32) * multiplier;
        return value ^ value >> 32;
    }

    private static ushort Swap(int port) => BinaryPrimitives.ReverseEndianness((ushort)port);
}
