using System.Buffers.Binary;

namespace Headrace.Ports;

/// <summary>Reads packets from a pcap or pcapng stream, whichever it is, in any byte order, one packet at a time.</summary>
/// <remarks>The file is streamed through one buffer that is reused, so memory stays below <see cref="MaxBlockLength"/> plus a constant whatever the file claims.</remarks>
public abstract class CaptureReader : PacketSource
{
    /// <summary>The longest captured packet accepted, in bytes: what libpcap calls the maximum snapshot length.</summary>
    public const int MaxPacketLength = 262_144; // MAXIMUM_SNAPLEN, libpcap

    /// <summary>The longest pcapng block that is held in memory, in bytes; longer blocks that are no packets are skipped piece by piece.</summary>
    public const int MaxBlockLength = 1 << 20;

    private protected CaptureReader(CaptureInput input, CaptureFormat format) : base(input.Name) => (Input, Format) = (input, format);

    /// <summary>How the file is laid out.</summary>
    public CaptureFormat Format { get; }

    private protected CaptureInput Input { get; }

    /// <summary>Opens a capture file.</summary>
    /// <exception cref="CaptureException">The file cannot be opened, or is no capture that is understood.</exception>
    public static new CaptureReader Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FileStream stream;
        try
        {
            // The reader has its own buffer: a second one in the stream would only copy.
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CaptureException(path, 0, null, $"cannot be opened: {error.Message}", error);
        }
        return Open(stream, path);
    }

    /// <summary>Reads a capture from a stream, which need not be seekable and is closed with the reader.</summary>
    /// <param name="stream">The capture's bytes.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <exception cref="CaptureException">The stream is no capture that is understood.</exception>
    public static CaptureReader Open(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var input = new CaptureInput(stream, name);
        try
        {
            return Create(input);
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    private static CaptureReader Create(CaptureInput input)
    {
        if (!input.TryPeek(sizeof(uint), out var first))
            throw input.Fail(0, null, $"no capture: it has {input.Available} bytes, a capture begins with a 4-byte magic number");
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(first);
        uint swapped = BinaryPrimitives.ReverseEndianness(magic);
        return (magic, swapped) switch
        {
            (PcapngReader.SectionHeaderBlock, _) => new PcapngReader(input),
            (PcapReader.MicrosecondMagic, _) => new PcapReader(input, bigEndian: false, nanoseconds: false),
            (PcapReader.NanosecondMagic, _) => new PcapReader(input, bigEndian: false, nanoseconds: true),
            (_, PcapReader.MicrosecondMagic) => new PcapReader(input, bigEndian: true, nanoseconds: false),
            (_, PcapReader.NanosecondMagic) => new PcapReader(input, bigEndian: true, nanoseconds: true),
            _ => throw input.Fail(0, null, CaptureMagic.Explain(swapped)),
        };
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Input.Dispose();
        base.Dispose(disposing);
    }
}
