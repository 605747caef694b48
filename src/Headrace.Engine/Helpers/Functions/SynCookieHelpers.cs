using System.Buffers.Binary;

namespace Headrace.Engine;

/// <summary>Helpers that make and check SYN cookies from packet headers alone.</summary>
internal static unsafe class SynCookieHelpers
{
    private const int TcpHeader = 20;
    private const int Ipv4Header = 20, Ipv4Addresses = 12;
    private const int Ipv6Header = 40, Ipv6Addresses = 8;
    private const ushort DefaultMssIpv4 = 536; // TCP_MSS_DEFAULT
    private const ushort DefaultMssIpv6 = 1280 - Ipv6Header - TcpHeader;

    // One secret a process: a cookie made by one worker is good with all.
    private static readonly SynCookies s_cookies = new();

    public static ulong TcpRawGenSyncookieIpv4<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess =>
        Generate(machine, new(TAccess.Read(machine, r1, Ipv4Header) + Ipv4Addresses, 8), TAccess.Read(machine, r2, (uint)r3), (uint)r3, DefaultMssIpv4);

    public static ulong TcpRawGenSyncookieIpv6<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess =>
        Generate(machine, new(TAccess.Read(machine, r1, Ipv6Header) + Ipv6Addresses, 32), TAccess.Read(machine, r2, (uint)r3), (uint)r3, DefaultMssIpv6);

    public static ulong TcpRawCheckSyncookieIpv4<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess =>
        Check(machine, new(TAccess.Read(machine, r1, Ipv4Header) + Ipv4Addresses, 8), new(TAccess.Read(machine, r2, TcpHeader), TcpHeader));

    public static ulong TcpRawCheckSyncookieIpv6<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess =>
        Check(machine, new(TAccess.Read(machine, r1, Ipv6Header) + Ipv6Addresses, 32), new(TAccess.Read(machine, r2, TcpHeader), TcpHeader));

    private static ulong Generate(Machine machine, ReadOnlySpan<byte> addresses, byte* tcp, uint length, ushort defaultMss)
    {
        if (length < TcpHeader || length != (tcp[12] >> 4) * 4u)
            return Result.Error(Errno.EINVAL);
        var header = new ReadOnlySpan<byte>(tcp, (int)length);
        ushort mss = TcpOptions.FindMss(header[TcpHeader..]);
        if (mss == 0)
            mss = defaultMss;
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        uint cookie = s_cookies.Generate(addresses, header[..4], sequence, ref mss, machine.Options.Clock.Monotonic);
        return cookie | (ulong)mss << 32;
    }

    private static ulong Check(Machine machine, ReadOnlySpan<byte> addresses, ReadOnlySpan<byte> tcp)
    {
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]) - 1;
        uint cookie = BinaryPrimitives.ReadUInt32BigEndian(tcp[8..]) - 1;
        ushort mss = s_cookies.Check(addresses, tcp[..4], sequence, cookie, machine.Options.Clock.Monotonic);
        return mss != 0 ? 0 : Result.Error(Errno.EACCES);
    }
}
