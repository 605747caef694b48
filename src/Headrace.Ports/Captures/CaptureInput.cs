namespace Headrace.Ports;

/// <summary>A stream read forward through one buffer, in pieces that are whole or not given at all.</summary>
internal sealed class CaptureInput(Stream stream, string name) : IDisposable
{
    private const int InitialBuffer = 64 * 1024;

    private byte[] _buffer = new byte[InitialBuffer];
    private int _start;
    private int _end;
    private CaptureException? _failure;

    /// <summary>What to call it in errors.</summary>
    public string Name { get; } = name;

    /// <summary>Offset in the file of the next byte.</summary>
    public long Offset { get; private set; }

    /// <summary>Bytes in the buffer; after a piece was refused, all that is left of the file.</summary>
    public int Available => _end - _start;

    /// <summary>Looks at the next bytes without taking them; false when the file ends before.</summary>
    public bool TryPeek(int count, out ReadOnlySpan<byte> bytes)
    {
        if (_failure is not null)
            throw _failure;
        if (Available < count && !Fill(count))
        {
            bytes = default;
            return false;
        }
        bytes = _buffer.AsSpan(_start, count);
        return true;
    }

    /// <summary>Takes the next bytes, valid until the next call; false, and nothing taken, when the file ends before.</summary>
    public bool TryTake(int count, out ReadOnlySpan<byte> bytes)
    {
        if (!TryPeek(count, out bytes))
            return false;
        _start += count;
        Offset += count;
        return true;
    }

    /// <summary>Passes over bytes of any number in constant memory; false when the file ends before.</summary>
    public bool TrySkip(long count)
    {
        while (count > 0)
        {
            if (!TryPeek(1, out _))
                return false;
            int step = (int)Math.Min(count, Available);
            _start += step;
            Offset += step;
            count -= step;
        }
        return true;
    }

    /// <summary>Makes the error that this and every later read ends with.</summary>
    public CaptureException Fail(long offset, long? packet, string reason) => _failure = new CaptureException(Name, offset, packet, reason);

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private bool Fill(int count)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, Available).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        while (_end < count)
        {
            // Doubling as bytes really arrive: a length field alone reserves no memory.
            if (_end == _buffer.Length)
                Array.Resize(ref _buffer, _buffer.Length * 2);
            int read = Read(_buffer.AsSpan(_end));
            if (read == 0)
                return false;
            _end += read;
        }
        return true;
    }

    private int Read(Span<byte> into)
    {
        try
        {
            return stream.Read(into);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw _failure = new CaptureException(Name, Offset + Available, null, $"cannot be read: {error.Message}", error);
        }
    }
}
