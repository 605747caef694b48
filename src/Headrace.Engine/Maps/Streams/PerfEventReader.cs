using System.Numerics;
using Headrace.Bytecode;

namespace Headrace.Engine;

/// <summary>Reads the records that programs send through a perf event array, CPU by CPU in turn. An event allocates nothing.</summary>
/// <remarks>Dispose it after the programs that may send have stopped.</remarks>
public sealed unsafe class PerfEventReader : IDisposable
{
    private readonly PerfEventArrayMap _map;
    private readonly RecordRing[] _rings;
    private int _current;
    private uint _length;
    private bool _holds;

    /// <summary>Gives each CPU a buffer in a map of type <see cref="MapType.PerfEventArray"/>.</summary>
    /// <param name="map">The map.</param>
    /// <param name="bytesPerCpu">Room a CPU: a power of two, 4096 at least.</param>
    /// <exception cref="MapException">The map is of another type, or the size is not a power of two (EINVAL).</exception>
    public PerfEventReader(Map map, int bytesPerCpu = 1 << 18)
    {
        ArgumentNullException.ThrowIfNull(map);
        _map = map as PerfEventArrayMap
            ?? throw new MapException(map.Name, "read", Errno.EINVAL, $"a perf event array is wanted, the map is a {map.Type}");
        if (bytesPerCpu < 4096 || !BitOperations.IsPow2(bytesPerCpu))
            throw new MapException(map.Name, "read", Errno.EINVAL, $"the room a CPU is a power of two of 4096 or more bytes, not {bytesPerCpu}");
        _rings = _map.Open((uint)bytesPerCpu);
    }

    /// <summary>Records that programs could not send because their CPU's buffer was full.</summary>
    public ulong Lost
    {
        get
        {
            ulong lost = 0;
            foreach (RecordRing ring in _rings)
                lost += ring.Lost;
            return lost;
        }
    }

    /// <summary>Takes the next record of any CPU. Its bytes are the buffer's own memory: good until the next call.</summary>
    /// <returns>False when no record is ready.</returns>
    public bool TryRead(out int cpu, out ReadOnlySpan<byte> record)
    {
        if (_holds)
            _rings[_current].Advance(_length);
        for (int passed = 0; passed < _rings.Length; passed++)
        {
            _current = _current + 1 < _rings.Length ? _current + 1 : 0;
            _holds = _rings[_current].TryPeek(out byte* data, out _length);
            if (!_holds)
                continue;
            cpu = _current;
            record = new ReadOnlySpan<byte>(data, (int)_length);
            return true;
        }
        cpu = -1;
        record = default;
        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _map.Close(_rings);
        foreach (RecordRing ring in _rings)
            ring.Dispose();
    }
}
