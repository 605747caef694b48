using System.Runtime.CompilerServices;

namespace Headrace.Ports;

/// <summary>The driver's end of a split ring (virtio 1.2, 2.7).</summary>
internal unsafe struct SplitDriverRing : IDriverRing
{
    private const ushort NoInterrupt = 1, NoNotify = 1;

    private readonly VirtioDescriptor* _descriptors;
    private readonly byte* _available;
    private readonly byte* _used;
    private readonly uint _mask;
    private BufferTable _table;
    private ushort _availableIndex;
    private ushort _usedIndex;
    private ushort _usedSeen;

    /// <summary>Takes a ring in zeroed memory.</summary>
    public SplitDriverRing(byte* memory, uint size)
    {
        _descriptors = (VirtioDescriptor*)memory;
        _available = memory + DriverAt(size);
        _used = memory + DeviceAt(size);
        _mask = size - 1;
        _table = new BufferTable(size);
        *(ushort*)_available = NoInterrupt; // this end polls
    }

    /// <inheritdoc/>
    public readonly uint Free => _table.Free;

    /// <inheritdoc/>
    public readonly uint Out => _table.Out;

    /// <inheritdoc/>
    public bool IsBroken { get; private set; }

    /// <inheritdoc/>
    public readonly bool WantsKick => (Volatile.Read(ref *(ushort*)_used) & NoNotify) == 0;

    /// <summary>Where the driver's area begins.</summary>
    public static uint DriverAt(uint size) => size * (uint)sizeof(VirtioDescriptor);

    /// <summary>Where the device's area begins: on cache lines of its own.</summary>
    public static uint DeviceAt(uint size) => (DriverAt(size) + 6 + 2 * size + 127) & ~127u;

    /// <summary>Bytes of the ring.</summary>
    public static uint Bytes(uint size) => DeviceAt(size) + 6 + 8 * size;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(uint buffer, ulong address, uint length, bool isWritable)
    {
        ushort id = _table.Add(buffer);
        _descriptors[id].Address = address;
        _descriptors[id].Word = VirtioDescriptor.WordOf(length, isWritable ? VirtioDescriptor.Write : (ushort)0, 0);
        *(ushort*)(_available + 4 + 2 * (_availableIndex++ & _mask)) = id;
    }

    /// <inheritdoc/>
    public readonly void Publish() => Volatile.Write(ref *(ushort*)(_available + 2), _availableIndex);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(out uint buffer, out uint length)
    {
        buffer = length = 0;
        if (_usedIndex == _usedSeen && !Look())
            return false;
        ulong entry = Volatile.Read(ref *(ulong*)(_used + 4 + 8 * (_usedIndex & _mask)));
        length = (uint)(entry >> 32);
        if (!_table.TryTake((uint)entry, out buffer))
        {
            IsBroken = true;
            return false;
        }
        _usedIndex++;
        return true;
    }

    /// <inheritdoc/>
    public bool TryTakeBack(out uint buffer) => _table.TryTakeAny(out buffer);

    /// <inheritdoc/>
    public readonly void Release() => _table.Release();

    private bool Look()
    {
        ushort seen = Volatile.Read(ref *(ushort*)(_used + 2));
        IsBroken |= (ushort)(seen - _usedIndex) > _table.Out;
        if (IsBroken)
            return false;
        _usedSeen = seen;
        return seen != _usedIndex;
    }
}
