using System.Runtime.InteropServices;

namespace Headrace.Engine;

/// <summary>A pointer with bounds that a program keeps on its stack: <c>struct bpf_dynptr</c>, 16 bytes, opaque to programs.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Dynptr
{
    /// <summary>Largest size in bytes (<c>DYNPTR_MAX_SIZE</c>, kernel/bpf/helpers.c).</summary>
    public const uint MaxSize = (1u << 24) - 1;

    private const uint ReadOnlyBit = 1u << 31; // DYNPTR_RDONLY_BIT
    private const int TypeShift = 28; // DYNPTR_TYPE_SHIFT

    /// <summary>Start of the memory; null for one that is not set.</summary>
    public byte* Data;

    private uint _size;
    private readonly uint _offset;

    /// <summary>Length in bytes.</summary>
    public readonly uint Length => _size & MaxSize;

    /// <summary>True when the program may only read through it.</summary>
    public readonly bool IsReadOnly => (_size & ReadOnlyBit) != 0;

    /// <summary>Whose memory it is.</summary>
    public readonly DynptrKind Kind => (DynptrKind)((_size >> TypeShift) & 7);

    /// <summary>First byte in reach.</summary>
    public readonly byte* Start => Data + _offset;

    /// <summary>Points it at memory.</summary>
    public void Set(byte* data, uint size, DynptrKind kind)
    {
        this = default;
        Data = data;
        _size = size | ((uint)kind << TypeShift);
    }

    /// <summary>Makes it point nowhere.</summary>
    public void Clear() => this = default;

    /// <summary>0 when <paramref name="length"/> bytes at <paramref name="offset"/> are inside, else -E2BIG.</summary>
    public readonly int CheckRange(uint offset, uint length)
    {
        uint size = Length;
        return length > size || offset > size - length ? -Errno.E2BIG : 0;
    }
}
