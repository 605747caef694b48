using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Linux;
using Headrace.Linux.Sys;

namespace Headrace.Bindings;

/// <summary>The memory of a section of global variables, which programs read and write at the same time.</summary>
/// <remarks>
/// Numbers of up to 8 bytes are read and written in one piece, larger ones byte by byte. A section that the kernel does not map, since
/// it holds locks or timers, is read by copying it, and cannot be written.
/// </remarks>
public sealed unsafe class BoundSection : IDisposable
{
    private readonly string _name;
    private readonly int _size;
    private readonly bool _isConstant;
    private readonly byte* _address;
    private readonly Mapping? _memory;
    private readonly KernelMap? _copied;
    private bool _disposed;

    /// <summary>Binds a section in user space.</summary>
    internal BoundSection(Map map)
    {
        _name = map.Name;
        _size = map.ValueSize;
        _isConstant = map.Spec.Freeze;
        uint key = 0;
        _address = map.Lookup((byte*)&key, 0);
    }

    /// <summary>Binds a section in the kernel.</summary>
    internal BoundSection(KernelMap map)
    {
        _name = map.Name;
        _size = map.ValueSize;
        _isConstant = map.Spec.Freeze;
        if ((map.Spec.Flags & MapFlags.Mmapable) == 0)
        {
            _copied = map;
            return;
        }
        _memory = map.MapMemory(writable: !_isConstant);
        _address = _memory.Address;
    }

    /// <summary>Reads what stands at an offset.</summary>
    /// <exception cref="ObjectDisposedException">The collection was disposed of.</exception>
    /// <exception cref="HeadraceException">The kernel refused it.</exception>
    public T Get<T>(int offset) where T : unmanaged
    {
        Check<T>(offset);
        if (_copied is not null)
            return Copied<T>(offset);
        byte* place = _address + offset;
        return Unsafe.SizeOf<T>() switch
        {
            1 => Unsafe.BitCast<byte, T>(Volatile.Read(ref *place)),
            2 => Unsafe.BitCast<ushort, T>(Volatile.Read(ref *(ushort*)place)),
            4 => Unsafe.BitCast<uint, T>(Volatile.Read(ref *(uint*)place)),
            8 => Unsafe.BitCast<ulong, T>(Volatile.Read(ref *(ulong*)place)),
            _ => Unsafe.ReadUnaligned<T>(place),
        };
    }

    /// <summary>Writes what stands at an offset.</summary>
    /// <exception cref="ObjectDisposedException">The collection was disposed of.</exception>
    /// <exception cref="HeadraceException">The section is constant, or holds locks or timers.</exception>
    public void Set<T>(int offset, T value) where T : unmanaged
    {
        Check<T>(offset);
        if (_isConstant)
            throw new HeadraceException($"section '{_name}' is constant once it is loaded: set its variables in the spec");
        if (_copied is not null)
            throw new HeadraceException($"section '{_name}' holds locks or timers, so that the kernel lets nobody write single variables: move them into a section of their own");
        byte* place = _address + offset;
        switch (Unsafe.SizeOf<T>())
        {
            case 1:
                Volatile.Write(ref *place, Unsafe.BitCast<T, byte>(value));
                break;
            case 2:
                Volatile.Write(ref *(ushort*)place, Unsafe.BitCast<T, ushort>(value));
                break;
            case 4:
                Volatile.Write(ref *(uint*)place, Unsafe.BitCast<T, uint>(value));
                break;
            case 8:
                Volatile.Write(ref *(ulong*)place, Unsafe.BitCast<T, ulong>(value));
                break;
            default:
                Unsafe.WriteUnaligned(place, value);
                break;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _memory?.Dispose();
    }

    private T Copied<T>(int offset) where T : unmanaged
    {
        byte[] bytes = new byte[_copied!.ValueBufferSize];
        Span<byte> key = stackalloc byte[sizeof(uint)];
        key.Clear();
        _copied.Lookup(key, bytes);
        return MemoryMarshal.Read<T>(bytes.AsSpan(offset));
    }

    private void Check<T>(int offset) where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (offset < 0 || offset > _size - Unsafe.SizeOf<T>())
            throw new ArgumentOutOfRangeException(nameof(offset), $"{Unsafe.SizeOf<T>()} bytes at {offset} lie outside of section '{_name}', which has {_size}");
    }
}
