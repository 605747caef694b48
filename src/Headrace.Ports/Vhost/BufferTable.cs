using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Headrace.Ports;

/// <summary>Which buffer each id of a driver's ring stands for. A device that answers with an id that is not out is found out here.</summary>
internal unsafe struct BufferTable
{
    private const uint None = uint.MaxValue;

    private readonly uint* _bufferOf;
    private readonly ushort* _free;
    private readonly uint _size;
    private uint _freeCount;

    public BufferTable(uint size)
    {
        _size = size;
        _bufferOf = (uint*)NativeMemory.Alloc(size, sizeof(uint));
        _free = (ushort*)NativeMemory.Alloc(size, sizeof(ushort));
        new Span<uint>(_bufferOf, (int)size).Fill(None);
        for (uint i = 0; i < size; i++)
            _free[i] = (ushort)(size - 1 - i);
        _freeCount = size;
    }

    /// <summary>Ids that are not out.</summary>
    public readonly uint Free => _freeCount;

    /// <summary>Ids that are out.</summary>
    public readonly uint Out => _size - _freeCount;

    /// <summary>Gives a buffer an id.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ushort Add(uint buffer)
    {
        ushort id = _free[--_freeCount];
        _bufferOf[id] = buffer;
        return id;
    }

    /// <summary>Takes the buffer of an id back; false when that id is not out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(uint id, out uint buffer)
    {
        buffer = id < _size ? _bufferOf[id] : None;
        if (buffer == None)
            return false;
        _bufferOf[id] = None;
        _free[_freeCount++] = (ushort)id;
        return true;
    }

    /// <summary>Takes any buffer back that is out.</summary>
    public bool TryTakeAny(out uint buffer)
    {
        buffer = None;
        for (uint id = 0; id < _size && Out > 0; id++)
        {
            if (TryTake(id, out buffer))
                return true;
        }
        return false;
    }

    /// <summary>Frees the table.</summary>
    public readonly void Release()
    {
        NativeMemory.Free(_bufferOf);
        NativeMemory.Free(_free);
    }
}
