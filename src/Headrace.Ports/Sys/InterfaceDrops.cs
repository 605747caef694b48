using System.Globalization;

namespace Headrace.Ports.Sys;

/// <summary>What the kernel counts as dropped by an interface itself, before or behind anybody's rings (/proc/net/dev), since it was first looked at.</summary>
internal sealed class InterfaceDrops
{
    private const string Table = "/proc/net/dev";
    private const int ReceiveDropped = 3, TransmitDropped = 11; // columns behind the name

    private readonly string _name;
    private readonly (long Receive, long Transmit) _before;

    public InterfaceDrops(string name)
    {
        _name = name;
        _before = Read();
    }

    /// <summary>Adds both counts to a port's statistics.</summary>
    public PortStatistics AddTo(PortStatistics statistics)
    {
        (long receive, long transmit) = Read();
        var missed = new SortedDictionary<string, long>(statistics.Missed.ToDictionary(), StringComparer.Ordinal);
        if (receive > _before.Receive)
            missed["dropped by the interface, receiving"] = receive - _before.Receive;
        if (transmit > _before.Transmit)
            missed["dropped by the interface, sending"] = transmit - _before.Transmit;
        return statistics with { Missed = missed };
    }

    private (long Receive, long Transmit) Read()
    {
        foreach (string line in File.ReadLines(Table))
        {
            int colon = line.IndexOf(':');
            if (colon < 0 || !line.AsSpan(0, colon).Trim().SequenceEqual(_name))
                continue;
            string[] numbers = line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return (long.Parse(numbers[ReceiveDropped], CultureInfo.InvariantCulture), long.Parse(numbers[TransmitDropped], CultureInfo.InvariantCulture));
        }
        return _before; // the interface is gone
    }
}
