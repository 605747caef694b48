namespace Headrace.Ports;

/// <summary>What an interface description block says that concerns packets (draft-ietf-opsawg-pcapng, section 4.2).</summary>
internal readonly record struct PcapngInterface
{
    private const ulong NanosecondsASecond = 1_000_000_000;

    private readonly UInt128 _unitsASecond;
    private readonly long _offsetSeconds;

    /// <param name="linkType">What its packets begin with.</param>
    /// <param name="snapLength">Longest captured packet; 0 for no limit.</param>
    /// <param name="resolution">The <c>if_tsresol</c> byte: a negative power of 10, or of 2 with the top bit set.</param>
    /// <param name="offsetSeconds">The <c>if_tsoffset</c> option: seconds to add to each time stamp.</param>
    public PcapngInterface(LinkType linkType, uint snapLength, byte resolution, long offsetSeconds)
    {
        LinkType = linkType;
        SnapLength = snapLength;
        _unitsASecond = (resolution & 0x80) != 0 ? UInt128.One << (resolution & 0x7F) : PowerOfTen(resolution);
        _offsetSeconds = offsetSeconds;
    }

    public LinkType LinkType { get; }

    public uint SnapLength { get; }

    /// <summary>True for a resolution byte that 64 bits of time stamp can make use of.</summary>
    public static bool IsResolution(byte resolution) => (resolution & 0x80) != 0 ? (resolution & 0x7F) <= 63 : resolution <= 19;

    /// <summary>Nanoseconds since 1970, held at the ends of what 64 bits can say.</summary>
    public ulong Nanoseconds(ulong units)
    {
        UInt128 whole = _unitsASecond == NanosecondsASecond ? units : (UInt128)units * NanosecondsASecond / _unitsASecond;
        if (_offsetSeconds != 0)
        {
            Int128 moved = (Int128)whole + (Int128)_offsetSeconds * (long)NanosecondsASecond;
            whole = moved < 0 ? 0 : (UInt128)moved;
        }
        return whole > ulong.MaxValue ? ulong.MaxValue : (ulong)whole;
    }

    private static UInt128 PowerOfTen(int exponent)
    {
        UInt128 power = 1;
        for (int i = 0; i < exponent; i++)
            power *= 10;
        return power;
    }
}
