namespace Headrace.Ports;

/// <summary>Where packets come from, one after the other: a capture file or the traffic generator.</summary>
/// <remarks>
/// <code>
/// using var source = PacketSource.Open("capture.pcap");
/// while (source.TryRead(out var packet))
///     Console.WriteLine($"{packet.Timestamp} {packet.Data.Length}");
/// </code>
/// </remarks>
public abstract class PacketSource : IDisposable
{
    private protected PacketSource(string name) => Name = name;

    /// <summary>The file, or the generator's full specification.</summary>
    public string Name { get; }

    /// <summary>Packets read so far; the next packet has this index.</summary>
    public long PacketsRead { get; private protected set; }

    /// <summary>Reads the next packet.</summary>
    /// <param name="packet">The packet; its bytes are overwritten by the next call.</param>
    /// <returns>False at the end.</returns>
    /// <exception cref="CaptureException">A capture is damaged. All packets before the damage have been handed out; further calls throw the same error.</exception>
    public abstract bool TryRead(out Packet packet);

    /// <summary>Opens a source by its name.</summary>
    /// <param name="name">Path of a pcap or pcapng file, <c>-</c> for one on standard input, or <c>gen:</c> and a <see cref="TrafficSpec"/>.</param>
    /// <exception cref="CaptureException">The file cannot be opened or is no capture.</exception>
    /// <exception cref="TrafficSpecException">The generator's specification cannot be read.</exception>
    public static PacketSource Open(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.StartsWith(TrafficSpec.Prefix, StringComparison.Ordinal))
            return new TrafficGenerator(TrafficSpec.Parse(name));
        return name == "-" ? CaptureReader.Open(Console.OpenStandardInput(), "standard input") : CaptureReader.Open(name);
    }

    /// <summary>Closes the source.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what the source holds.</summary>
    /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing) { }
}
