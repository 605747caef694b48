using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Headrace.Engine;

/// <summary>TCP SYN cookies in the kernel's form: a SipHash over the flow, the minute in the top 8 bits, the MSS class hidden in the low 24.</summary>
/// <remarks>Cookies check out only against the instance that made them: the secrets are random, as the kernel's are.</remarks>
internal sealed class SynCookies
{
    private const int CountBits = 24; // COOKIEBITS, net/ipv4/syncookies.c
    private const uint DataMask = (1u << CountBits) - 1;
    private const uint MaxAge = 2; // MAX_SYNCOOKIE_AGE, include/net/tcp.h: periods a cookie stays good
    private const ulong PeriodNanoseconds = 60_000_000_000;

    /// <summary>MSS classes for IPv4.</summary>
    public static ReadOnlySpan<ushort> MssIpv4 => [536, 1300, 1440, 1460];

    /// <summary>MSS classes for IPv6: common MTUs without 60 bytes of headers.</summary>
    public static ReadOnlySpan<ushort> MssIpv6 => [1280 - 60, 1480 - 60, 1500 - 60, 9000 - 60];

    private readonly SipHash _first = RandomHash();
    private readonly SipHash _second = RandomHash();

    /// <summary>The cookie for a SYN with sequence number <paramref name="sequence"/>; <paramref name="mss"/> becomes its class's value.</summary>
    /// <param name="addresses">Source and destination address as in the packet, 8 or 32 bytes.</param>
    /// <param name="ports">Source and destination port as in the packet, 4 bytes.</param>
    /// <param name="sequence">The SYN's sequence number.</param>
    /// <param name="mss">The peer's MSS.</param>
    /// <param name="nowNanoseconds">Monotonic time.</param>
    public uint Generate(ReadOnlySpan<byte> addresses, ReadOnlySpan<byte> ports, uint sequence, ref ushort mss, ulong nowNanoseconds)
    {
        ReadOnlySpan<ushort> classes = ClassesOf(addresses);
        int index = classes.Length - 1;
        while (index > 0 && mss < classes[index])
            index--;
        mss = classes[index];
        uint count = CountAt(nowNanoseconds);
        return Hash(_first, addresses, ports, 0) + sequence + (count << CountBits)
            + ((Hash(_second, addresses, ports, count) + (uint)index) & DataMask);
    }

    /// <summary>The MSS a cookie stands for, or 0 when it is forged or too old.</summary>
    public ushort Check(ReadOnlySpan<byte> addresses, ReadOnlySpan<byte> ports, uint sequence, uint cookie, ulong nowNanoseconds)
    {
        cookie -= Hash(_first, addresses, ports, 0) + sequence;
        uint count = CountAt(nowNanoseconds);
        uint age = (count - (cookie >> CountBits)) & (uint.MaxValue >> CountBits);
        if (age >= MaxAge)
            return 0;
        uint index = (cookie - Hash(_second, addresses, ports, count - age)) & DataMask;
        ReadOnlySpan<ushort> classes = ClassesOf(addresses);
        return index < (uint)classes.Length ? classes[(int)index] : (ushort)0;
    }

    private static ReadOnlySpan<ushort> ClassesOf(ReadOnlySpan<byte> addresses) => addresses.Length == 8 ? MssIpv4 : MssIpv6;

    private static uint CountAt(ulong nowNanoseconds) => (uint)(nowNanoseconds / PeriodNanoseconds);

    private static uint Hash(SipHash hash, ReadOnlySpan<byte> addresses, ReadOnlySpan<byte> ports, uint count)
    {
        Span<byte> input = stackalloc byte[40];
        addresses.CopyTo(input);
        ports.CopyTo(input[addresses.Length..]);
        BinaryPrimitives.WriteUInt32LittleEndian(input[(addresses.Length + 4)..], count);
        return (uint)hash.Compute(input[..(addresses.Length + 8)]);
    }

    private static SipHash RandomHash()
    {
        Span<byte> key = stackalloc byte[16];
        RandomNumberGenerator.Fill(key);
        return new SipHash(BinaryPrimitives.ReadUInt64LittleEndian(key), BinaryPrimitives.ReadUInt64LittleEndian(key[8..]));
    }
}
