using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Headrace.Ports;

/// <summary>Receive-side scaling in software: the Toeplitz hash of a packet's flow, as network cards compute it.</summary>
/// <remarks>
/// The hash of addresses and ports in the order of the packet (source address, destination address, source port, destination port), as
/// Microsoft's RSS specification has it; without ports for fragments and for protocols without ports; 0 for what is not IP.
/// </remarks>
public sealed unsafe class Toeplitz
{
    private const int LongestInput = 36; // two IPv6 addresses and two ports
    private const int EthernetHeader = 14, VlanTag = 4, MaxTags = 2;
    private const ushort IPv4 = 0x0800, IPv6 = 0x86dd, Vlan = 0x8100, ProviderVlan = 0x88a8;
    private const byte Tcp = 6, Udp = 17, Sctp = 132;

    private readonly uint[] _table = new uint[LongestInput * 256];

    /// <summary>Makes the tables of a key.</summary>
    /// <param name="key">40 bytes.</param>
    public Toeplitz(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(key.Length, LongestInput + sizeof(uint), nameof(key));
        for (int position = 0; position < LongestInput; position++)
        {
            // Bit n of the input selects the 32 bits of the key from bit n on.
            ulong window = BinaryPrimitives.ReadUInt64BigEndian([.. key.Slice(position, 5), 0, 0, 0]);
            for (int value = 0; value < 256; value++)
            {
                uint hash = 0;
                for (int bit = 0; bit < 8; bit++)
                {
                    if ((value & (0x80 >> bit)) != 0)
                        hash ^= (uint)(window >> (32 - bit));
                }
                _table[position * 256 + value] = hash;
            }
        }
    }

    /// <summary>The key of Microsoft's specification, which most drivers use.</summary>
    public static ReadOnlySpan<byte> StandardKey =>
    [
        0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb,
        0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30, 0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
    ];

    /// <summary>A key of period 16 bits: both directions of a flow have the same hash (Woo and Park, 2012).</summary>
    public static ReadOnlySpan<byte> SymmetricKey =>
    [
        0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a,
        0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a, 0x6d, 0x5a,
    ];

    /// <summary>The hash of some bytes, 36 at most.</summary>
    public uint Hash(ReadOnlySpan<byte> input)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(input.Length, LongestInput, nameof(input));
        fixed (byte* bytes = input)
            return Hash(bytes, 0, input.Length);
    }

    /// <summary>The hash of a packet's flow; up to two VLAN tags are looked through.</summary>
    /// <param name="packet">The packet from its Ethernet header on.</param>
    /// <param name="length">Its bytes.</param>
    public uint HashPacket(byte* packet, int length)
    {
        int at = EthernetHeader;
        if (length < at)
            return 0;
        ushort type = U16(packet + at - 2);
        for (int tags = 0; tags < MaxTags && type is Vlan or ProviderVlan && length >= at + VlanTag; tags++)
        {
            at += VlanTag;
            type = U16(packet + at - 2);
        }
        return type switch
        {
            IPv4 => HashIPv4(packet + at, length - at),
            IPv6 => HashIPv6(packet + at, length - at),
            _ => 0,
        };
    }

    private uint HashIPv4(byte* header, int length)
    {
        const int Size = 20, AddressesAt = 12, Addresses = 8;
        if (length < Size)
            return 0;
        uint hash = Hash(header + AddressesAt, 0, Addresses);
        int headerLength = (header[0] & 15) * 4;
        bool isFragment = (U16(header + 6) & 0x3fff) != 0; // more fragments, or an offset
        return !isFragment && HasPorts(header[9]) && headerLength >= Size && length >= headerLength + 4
            ? hash ^ Hash(header + headerLength, Addresses, 4)
            : hash;
    }

    private uint HashIPv6(byte* header, int length)
    {
        const int Size = 40, AddressesAt = 8, Addresses = 32;
        if (length < Size)
            return 0;
        uint hash = Hash(header + AddressesAt, 0, Addresses);
        return HasPorts(header[6]) && length >= Size + 4 ? hash ^ Hash(header + Size, Addresses, 4) : hash;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Hash(byte* bytes, int position, int count)
    {
        uint hash = 0;
        for (int i = 0; i < count; i++)
            hash ^= _table[(position + i) * 256 + bytes[i]];
        return hash;
    }

    private static bool HasPorts(byte protocol) => protocol is Tcp or Udp or Sctp;

    private static ushort U16(byte* bytes) => (ushort)(bytes[0] << 8 | bytes[1]);
}
