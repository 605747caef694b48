using System.Runtime.CompilerServices;

namespace Headrace.Ports;

/// <summary>The driver's end of a packed ring (virtio 1.2, 2.8).</summary>
internal unsafe struct PackedDriverRing : IDriverRing
{
    private const uint FlagsAt = 2; // of an event suppression area, behind offset and wrap
    private const ushort Disabled = 1;

    private readonly VirtioDescriptor* _ring;
    private readonly byte* _device;
    private readonly uint _size;
    private BufferTable _table;
    private uint _position;
    private uint _usedPosition;
    private bool _wrap = true;
    private bool _usedWrap = true;
    private VirtioDescriptor* _first;
    private ulong _firstWord;

    /// <summary>Takes a ring in zeroed memory.</summary>
    public PackedDriverRing(byte* memory, uint size)
    {
        _ring = (VirtioDescriptor*)memory;
        _device = memory + DeviceAt(size);
        _size = size;
        _table = new BufferTable(size);
        *(ushort*)(memory + DriverAt(size) + FlagsAt) = Disabled; // this end polls
    }

    /// <inheritdoc/>
    public readonly uint Free => _table.Free;

    /// <inheritdoc/>
    public readonly uint Out => _table.Out;

    /// <inheritdoc/>
    public bool IsBroken { get; private set; }

    /// <inheritdoc/>
    public readonly bool WantsKick => (Volatile.Read(ref *(ushort*)(_device + FlagsAt)) & 3) != Disabled;

    /// <summary>Where the driver's area begins.</summary>
    public static uint DriverAt(uint size) => (size * (uint)sizeof(VirtioDescriptor) + 127) & ~127u;

    /// <summary>Where the device's area begins: on a cache line of its own.</summary>
    public static uint DeviceAt(uint size) => DriverAt(size) + 128;

    /// <summary>Bytes of the ring.</summary>
    public static uint Bytes(uint size) => DeviceAt(size) + 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(uint buffer, ulong address, uint length, bool isWritable)
    {
        ushort id = _table.Add(buffer);
        ushort flags = (ushort)((_wrap ? VirtioDescriptor.Available : VirtioDescriptor.Used) | (isWritable ? VirtioDescriptor.Write : 0));
        VirtioDescriptor* descriptor = _ring + _position;
        ulong word = VirtioDescriptor.WordOf(length, id, flags);
        descriptor->Address = address;
        // The first of a batch is written last: the device takes them in order and finds all or none.
        if (_first == null)
        {
            _first = descriptor;
            _firstWord = word;
        }
        else
            descriptor->Word = word;
        if (++_position == _size)
            (_position, _wrap) = (0, !_wrap);
    }

    /// <inheritdoc/>
    public void Publish()
    {
        if (_first == null)
            return;
        _first->Word = _firstWord;
        _first = null;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(out uint buffer, out uint length)
    {
        ulong word = _ring[_usedPosition].Word;
        ushort flags = VirtioDescriptor.Fourth(word);
        bool available = (flags & VirtioDescriptor.Available) != 0, used = (flags & VirtioDescriptor.Used) != 0;
        length = VirtioDescriptor.LengthOf(word);
        buffer = 0;
        if (available != used || used != _usedWrap || IsBroken || _table.Out == 0)
            return false;
        if (!_table.TryTake(VirtioDescriptor.Third(word), out buffer))
        {
            IsBroken = true;
            return false;
        }
        if (++_usedPosition == _size)
            (_usedPosition, _usedWrap) = (0, !_usedWrap);
        return true;
    }

    /// <inheritdoc/>
    public bool TryTakeBack(out uint buffer) => _table.TryTakeAny(out buffer);

    /// <inheritdoc/>
    public readonly void Release() => _table.Release();
}
