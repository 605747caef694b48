using System.Buffers.Binary;

namespace Headrace.Ports;

/// <summary>Writes packets to a pcap file (draft-ietf-opsawg-pcap, version 2.4, little endian).</summary>
public sealed class CaptureWriter : IDisposable
{
    private const ulong NanosecondsASecond = 1_000_000_000;

    private readonly Stream _stream;
    private readonly string _name;
    private readonly uint _nanosecondsAUnit;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _used;
    private long _written;

    private CaptureWriter(Stream stream, string name, LinkType linkType, CapturePrecision precision)
    {
        (_stream, _name) = (stream, name);
        _nanosecondsAUnit = precision == CapturePrecision.Nanoseconds ? 1u : 1000u;
        var header = Reserve(PcapReader.FileHeaderLength);
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, precision == CapturePrecision.Nanoseconds ? PcapReader.NanosecondMagic : PcapReader.MicrosecondMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], CaptureReader.MaxPacketLength);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], (ushort)linkType);
    }

    /// <summary>Packets written so far.</summary>
    public long PacketsWritten { get; private set; }

    /// <summary>Creates a capture file; one that exists is replaced.</summary>
    /// <exception cref="CaptureException">The file cannot be created.</exception>
    public static CaptureWriter Create(string path, LinkType linkType = LinkType.Ethernet, CapturePrecision precision = CapturePrecision.Nanoseconds)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return new CaptureWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0), path, linkType, precision);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CaptureException(path, 0, null, $"cannot be created: {error.Message}", error);
        }
    }

    /// <summary>Writes a capture to a stream, which is closed with the writer.</summary>
    /// <param name="stream">Where the capture goes.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <param name="linkType">What all its packets begin with.</param>
    /// <param name="precision">How fine the time stamps are.</param>
    public static CaptureWriter Create(Stream stream, string name, LinkType linkType = LinkType.Ethernet, CapturePrecision precision = CapturePrecision.Nanoseconds)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new CaptureWriter(stream, name, linkType, precision);
    }

    /// <summary>Writes one packet.</summary>
    /// <param name="timestamp">Nanoseconds since 1970-01-01 UTC.</param>
    /// <param name="data">The packet's bytes.</param>
    /// <param name="originalLength">Bytes it had on the wire; those of <paramref name="data"/> when left out.</param>
    /// <exception cref="CaptureException">The packet or its time does not fit the format, or the system refused the write.</exception>
    public void Write(ulong timestamp, ReadOnlySpan<byte> data, uint? originalLength = null)
    {
        ulong seconds = timestamp / NanosecondsASecond;
        if (seconds > uint.MaxValue)
            throw Fail($"its time, {seconds} s after 1970, does not fit the 32 bits that pcap has");
        if (data.Length > CaptureReader.MaxPacketLength)
            throw Fail($"it has {data.Length} bytes, pcap readers accept {CaptureReader.MaxPacketLength}");
        var header = Reserve(PcapReader.PacketHeaderLength);
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)seconds);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(timestamp % NanosecondsASecond) / _nanosecondsAUnit);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], (uint)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], originalLength ?? (uint)data.Length);
        Append(data);
        PacketsWritten++;
    }

    /// <summary>Writes one packet of a source, its time and original length with it.</summary>
    /// <exception cref="CaptureException">The packet or its time does not fit the format, or the system refused the write.</exception>
    public void Write(Packet packet) => Write(packet.Timestamp, packet.Data, packet.OriginalLength);

    /// <summary>Hands everything written so far to the system.</summary>
    /// <exception cref="CaptureException">The system refused the write.</exception>
    public void Flush()
    {
        FlushBuffer();
        try
        {
            _stream.Flush();
        }
        catch (IOException error)
        {
            throw new CaptureException(_name, _written, null, $"cannot be written: {error.Message}", error);
        }
    }

    /// <summary>Writes what is left and closes the file.</summary>
    /// <exception cref="CaptureException">The system refused the write.</exception>
    public void Dispose()
    {
        using (_stream)
            FlushBuffer();
    }

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _used < count)
            FlushBuffer();
        _used += count;
        return _buffer.AsSpan(_used - count, count);
    }

    private void Append(ReadOnlySpan<byte> data)
    {
        if (data.Length <= _buffer.Length)
        {
            data.CopyTo(Reserve(data.Length));
            return;
        }
        FlushBuffer();
        WriteThrough(data);
    }

    private void FlushBuffer()
    {
        int count = _used;
        // Cleared first: after a refused write, closing must not try the same bytes again.
        _used = 0;
        if (count > 0)
            WriteThrough(_buffer.AsSpan(0, count));
    }

    private void WriteThrough(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _stream.Write(bytes);
            _written += bytes.Length;
        }
        catch (IOException error)
        {
            throw new CaptureException(_name, _written, null, $"cannot be written: {error.Message}", error);
        }
    }

    private CaptureException Fail(string reason) => new(_name, _written + _used, PacketsWritten, reason);
}
