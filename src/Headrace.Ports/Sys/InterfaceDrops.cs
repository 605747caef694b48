using System.Globalization;

namespace Headrace.Ports.Sys;

/// <summary>Frames that an interface lost on their way out (/proc/net/dev) since it was first looked at, such as a veth whose other end does not keep up.</summary>
/// <remarks>What it lost on the way in cannot be told apart from what the stack dropped for want of a protocol: rings count their own.</remarks>
internal sealed class InterfaceDrops
{
    private const string Table = "/proc/net/dev";
    private const int TransmitDropped = 11; // column behind the name

    private readonly string _name;
    private readonly long _before;

    public InterfaceDrops(string name)
    {
        _name = name;
        _before = Read();
    }

    /// <summary>Adds the count to a port's statistics.</summary>
    public PortStatistics AddTo(PortStatistics statistics)
    {
        long dropped = Read() - _before;
        return dropped <= 0 ? statistics : statistics with
        {
            Missed = new SortedDictionary<string, long>(statistics.Missed.ToDictionary(), StringComparer.Ordinal) { ["dropped by the interface, sending"] = dropped },
        };
    }

    private long Read()
    {
        foreach (string line in File.ReadLines(Table))
        {
            int colon = line.IndexOf(':');
            if (colon >= 0 && line.AsSpan(0, colon).Trim().SequenceEqual(_name))
                return long.Parse(line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[TransmitDropped], CultureInfo.InvariantCulture);
        }
        return _before; // the interface is gone
    }
}
