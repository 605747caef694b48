using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Headrace.Ports;

/// <summary>
/// A descriptor of a virtio ring: an address, and a word with the length and two 16-bit fields: flags and next in a split ring, id and flags in
/// a packed one. It lies in memory that the peer writes: read each half once, then use the copy.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VirtioDescriptor
{
    public const ushort Next = 1;
    public const ushort Write = 2;
    public const ushort Indirect = 4;
    public const ushort Available = 1 << 7;
    public const ushort Used = 1 << 15;

    private ulong _address;
    private ulong _word;

    /// <summary>Where the buffer is, for the driver.</summary>
    public ulong Address
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref _address);
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => _address = value;
    }

    /// <summary>The other half. Setting it publishes what was written before.</summary>
    public ulong Word
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref _word);
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => Volatile.Write(ref _word, value);
    }

    /// <summary>Length of a word.</summary>
    public static uint LengthOf(ulong word) => (uint)word;

    /// <summary>Flags of a split ring's word, id of a packed ring's.</summary>
    public static ushort Third(ulong word) => (ushort)(word >> 32);

    /// <summary>Next of a split ring's word, flags of a packed ring's.</summary>
    public static ushort Fourth(ulong word) => (ushort)(word >> 48);

    /// <summary>A word of its parts.</summary>
    public static ulong WordOf(uint length, ushort third, ushort fourth) => length | ((ulong)third << 32) | ((ulong)fourth << 48);
}
