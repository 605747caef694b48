using System.Runtime.CompilerServices;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary>A ring of descriptors in shared memory: a cookie, flags and the head in one cache line, the tail in the next, descriptors behind (memif 2.0).</summary>
/// <remarks>
/// From client to server the client moves the head behind what it filled; from server to client it moves the head behind the empty buffers it
/// offers. The server moves the tail behind what it has done with. Its size was checked against its region when it was announced.
/// </remarks>
internal sealed unsafe class MemifRing(byte* address, int log2Size, EventDescriptor interrupt) : IDisposable
{
    /// <summary>First word of a ring.</summary>
    public const uint Cookie = 0x3E31F20;

    /// <summary>Longest ring, as a binary logarithm: indices have 16 bits.</summary>
    public const int MaxLog2Size = 15;

    private const int FlagsAt = 4, HeadAt = 6, TailAt = 64, DescriptorsAt = 128, DescriptorSize = 16;
    private const ushort MaskInterrupt = 1;

    /// <summary>Descriptors less one.</summary>
    public uint Mask { get; } = (1u << log2Size) - 1;

    /// <summary>How many descriptors.</summary>
    public uint Size => Mask + 1;

    /// <summary>Signalled by who fills the ring, where its reader sleeps.</summary>
    public EventDescriptor Interrupt { get; } = interrupt;

    /// <summary>Behind the last descriptor that the client has given.</summary>
    public ushort Head
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref *(ushort*)(address + HeadAt));
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => Volatile.Write(ref *(ushort*)(address + HeadAt), value);
    }

    /// <summary>Behind the last descriptor that the server has done with.</summary>
    public ushort Tail
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref *(ushort*)(address + TailAt));
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => Volatile.Write(ref *(ushort*)(address + TailAt), value);
    }

    /// <summary>False while the ring's reader polls and wants no interrupt.</summary>
    public bool WantsInterrupt
    {
        get => (Volatile.Read(ref *(ushort*)(address + FlagsAt)) & MaskInterrupt) == 0;
        set => Volatile.Write(ref *(ushort*)(address + FlagsAt), value ? (ushort)0 : MaskInterrupt);
    }

    /// <summary>True when its memory begins as a ring's must.</summary>
    public bool HasCookie => Volatile.Read(ref *(uint*)address) == Cookie;

    /// <summary>Bytes a ring takes.</summary>
    public static ulong Bytes(int log2Size) => DescriptorsAt + ((ulong)DescriptorSize << log2Size);

    /// <summary>The descriptor of an index, which may be any number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public MemifDescriptor* Descriptor(uint index) => (MemifDescriptor*)(address + DescriptorsAt) + (index & Mask);

    /// <summary>Makes an empty ring of zeroed memory.</summary>
    public void Format()
    {
        *(uint*)address = Cookie;
        Head = 0;
        Tail = 0;
        WantsInterrupt = false;
    }

    /// <inheritdoc/>
    public void Dispose() => Interrupt.Dispose();
}
