using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Headrace.Ports;

/// <summary>Where a packet or an empty buffer is. It lies in memory that the peer writes: read each part once, then check the copy.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MemifDescriptor
{
    /// <summary>Flag: the packet goes on in the next descriptor.</summary>
    public const ulong Next = 1;

    private ulong _word; // flags, region, length: 16, 16, 32 bits
    private uint _offset;
    private uint _metadata;

    /// <summary>Flags, region and length in one read.</summary>
    public ulong Word
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref _word);
    }

    /// <summary>Where in the region.</summary>
    public uint Offset
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref _offset);
    }

    /// <summary>Region of a word.</summary>
    public static uint RegionOf(ulong word) => (ushort)(word >> 16);

    /// <summary>Length of a word.</summary>
    public static uint LengthOf(ulong word) => (uint)(word >> 32);

    /// <summary>Sets length and flags and leaves the place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetLength(ulong word, uint length, ulong flags) => _word = ((ulong)length << 32) | (word & 0xffff0000) | flags;

    /// <summary>Sets everything.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(uint region, uint offset, uint length, ulong flags = 0)
    {
        _word = ((ulong)length << 32) | (region << 16) | flags;
        _offset = offset;
        _metadata = 0;
    }
}
