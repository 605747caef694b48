using System.Buffers.Binary;

namespace Headrace.Engine;

/// <summary>Reads TCP options (RFC 9293, section 3.1).</summary>
internal static class TcpOptions
{
    private const byte EndOfOptions = 0, NoOperation = 1, MaximumSegmentSize = 2;

    /// <summary>The maximum segment size, or 0 when there is none or the options are malformed before it.</summary>
    public static ushort FindMss(ReadOnlySpan<byte> options)
    {
        while (options.Length > 0)
        {
            if (options[0] == EndOfOptions)
                return 0;
            if (options[0] == NoOperation)
            {
                options = options[1..];
                continue;
            }
            if (options.Length < 2 || options[1] < 2 || options[1] > options.Length)
                return 0;
            if (options[0] == MaximumSegmentSize && options[1] == 4 && BinaryPrimitives.ReadUInt16BigEndian(options[2..]) is not 0 and var mss)
                return mss;
            options = options[options[1]..];
        }
        return 0;
    }
}
