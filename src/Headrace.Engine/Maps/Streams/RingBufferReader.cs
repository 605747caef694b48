using Headrace.Bytecode;

namespace Headrace.Engine;

/// <summary>Reads the records that programs send through a ring buffer map. One reader a map; an event allocates nothing.</summary>
public sealed unsafe class RingBufferReader
{
    private readonly RecordRing _ring;
    private uint _length;
    private bool _holds;

    /// <summary>Makes the reader of a map of type <see cref="MapType.RingBuffer"/>.</summary>
    /// <exception cref="MapException">The map is of another type (EINVAL).</exception>
    public RingBufferReader(Map map)
    {
        ArgumentNullException.ThrowIfNull(map);
        _ring = map is RingBufferMap rings
            ? rings.Ring
            : throw new MapException(map.Name, "read", Errno.EINVAL, $"a ring buffer is wanted, the map is a {map.Type}");
    }

    /// <summary>Records that programs could not send because the ring was full.</summary>
    public ulong Lost => _ring.Lost;

    /// <summary>Takes the next record. Its bytes are the ring's own memory: good until the next call.</summary>
    /// <returns>False when no record is ready.</returns>
    public bool TryRead(out ReadOnlySpan<byte> record)
    {
        if (_holds)
            _ring.Advance(_length);
        _holds = _ring.TryPeek(out byte* data, out _length);
        record = _holds ? new ReadOnlySpan<byte>(data, (int)_length) : default;
        return _holds;
    }

    /// <summary>Waits until a record is ready, unless programs send without waking (<c>BPF_RB_NO_WAKEUP</c>).</summary>
    /// <returns>False when the time is over and none is.</returns>
    public bool Wait(TimeSpan timeout)
    {
        if (_holds)
            _ring.Advance(_length);
        _holds = false;
        return _ring.Wait(timeout);
    }
}
