using Headrace.Bytecode;

namespace Headrace.Engine;

/// <summary>Writes records that programs drain from a user ring buffer map. Safe from several threads.</summary>
public sealed unsafe class UserRingBufferWriter
{
    private readonly RecordRing _ring;

    /// <summary>Makes a writer for a map of type <see cref="MapType.UserRingBuffer"/>.</summary>
    /// <exception cref="MapException">The map is of another type (EINVAL).</exception>
    public UserRingBufferWriter(Map map)
    {
        ArgumentNullException.ThrowIfNull(map);
        _ring = map is UserRingBufferMap rings
            ? rings.Ring
            : throw new MapException(map.Name, "write", Errno.EINVAL, $"a user ring buffer is wanted, the map is a {map.Type}");
    }

    /// <summary>Sends a record. False when there is no room.</summary>
    public bool TryWrite(ReadOnlySpan<byte> record)
    {
        byte* room = _ring.Reserve((ulong)record.Length);
        if (room == null)
            return false;
        record.CopyTo(new Span<byte>(room, record.Length));
        _ring.Commit(room, discard: false, 0);
        return true;
    }
}
