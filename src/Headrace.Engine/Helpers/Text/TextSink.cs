namespace Headrace.Engine;

/// <summary>Characters written into a bounded buffer and counted beyond it, as snprintf counts.</summary>
internal unsafe struct TextSink(byte* buffer, long size)
{
    private readonly byte* _buffer = buffer;
    private readonly long _size = size;

    /// <summary>Characters there would be in a buffer without bounds.</summary>
    public long Length { get; private set; }

    /// <summary>True when nothing more can be written.</summary>
    public readonly bool IsFull => Length >= _size;

    public void Put(byte character)
    {
        if (Length < _size)
            _buffer[Length] = character;
        Length++;
    }

    public void Put(ReadOnlySpan<byte> text)
    {
        long room = Math.Min(text.Length, _size - Length);
        if (room > 0)
            text[..(int)room].CopyTo(new Span<byte>(_buffer + Length, (int)room));
        Length += text.Length;
    }

    public void Fill(byte character, long count)
    {
        if (count <= 0)
            return;
        long room = Math.Min(count, _size - Length);
        if (room > 0)
            new Span<byte>(_buffer + Length, checked((int)room)).Fill(character);
        Length += count;
    }

    /// <summary>Ends the text with a zero byte, over the last character when the buffer is full.</summary>
    public readonly void Terminate()
    {
        if (_size > 0)
            _buffer[Math.Min(Length, _size - 1)] = 0;
    }
}
