using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Headrace.Engine;

/// <summary>Packets in native memory for an executor: a fixed number of buffers with room around the packet, filled and reset without allocation.</summary>
/// <remarks>
/// Room as the kernel's <c>BPF_PROG_TEST_RUN</c> gives a linear packet: 256 bytes of headroom, and tailroom up to 4096 bytes less the 320
/// of <c>skb_shared_info</c>. A packet of more than 3520 bytes, which the kernel would split into fragments, stays in one piece in a
/// larger buffer that leaves its tail no room to grow.
/// </remarks>
public sealed unsafe class PacketBurst : IDisposable
{
    /// <summary>Bytes before a packet (<c>XDP_PACKET_HEADROOM</c>).</summary>
    public const int Headroom = 256;

    /// <summary>Bytes a packet may be long.</summary>
    public const int MaxLength = 65535;

    /// <summary>Bytes up to which a packet has the kernel's linear buffer and may grow at its tail.</summary>
    public const int MaxLinearLength = BufferSize - Headroom;

    private const int BufferSize = 4096 - 320; // a page without SKB_DATA_ALIGN(sizeof(struct skb_shared_info)) on x86-64

    // One cache line more than the buffer, so that the packets of a burst do not all fall into the same cache sets.
    private const nuint Stride = BufferSize + 64;

    // A context is at most 192 bytes (__sk_buff): offsets from the last frame must not reach another object's addresses.
    private const nuint ContextPadding = 192;

    private readonly Frame* _savedFrames;
    private readonly SkbFields* _skbs;
    private readonly SkbFields* _savedSkbs;
    private readonly byte* _buffers;
    private readonly byte*[] _largeBuffers;
    private byte* _originals;
    private nuint _originalsLength;
    private nuint _originalsCapacity;
    private bool _disposed;

    /// <summary>Makes room for packets.</summary>
    /// <param name="capacity">How many packets fit; each takes about 4 KiB.</param>
    /// <param name="socketBuffers">True for programs whose context is <c>__sk_buff</c>: every frame then has <see cref="SkbFields"/>.</param>
    public PacketBurst(int capacity, bool socketBuffers = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        Capacity = capacity;
        Frames = (Frame*)NativeMemory.AllocZeroed((nuint)capacity * (nuint)sizeof(Frame) + ContextPadding);
        _savedFrames = (Frame*)NativeMemory.AllocZeroed((nuint)capacity, (nuint)sizeof(Frame));
        _skbs = socketBuffers ? (SkbFields*)NativeMemory.AllocZeroed((nuint)capacity, (nuint)sizeof(SkbFields)) : null;
        _savedSkbs = socketBuffers ? (SkbFields*)NativeMemory.AllocZeroed((nuint)capacity, (nuint)sizeof(SkbFields)) : null;
        _buffers = (byte*)NativeMemory.AllocZeroed((nuint)capacity, Stride);
        _largeBuffers = new byte*[capacity];
    }

    /// <summary>How many packets fit.</summary>
    public int Capacity { get; }

    /// <summary>How many packets there are.</summary>
    public int Count { get; private set; }

    /// <summary>The frames: what <see cref="Executor.Run"/> takes.</summary>
    public Frame* Frames { get; }

    /// <summary>The packet of a frame as it is now.</summary>
    public Span<byte> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return new Span<byte>(Frames[index].Data, Frames[index].Length);
        }
    }

    /// <summary>Adds a packet.</summary>
    /// <param name="packet">Its bytes from the link-layer header on, at most <see cref="MaxLength"/>.</param>
    /// <param name="ingressIfindex">Interface it came in by.</param>
    /// <param name="rxQueue">Queue it came in by.</param>
    /// <param name="timestamp">When it came, in nanoseconds; 0 when unknown.</param>
    /// <returns>Its index.</returns>
    /// <exception cref="InvalidOperationException">The burst is full.</exception>
    /// <exception cref="ArgumentException">The packet is too long.</exception>
    public int Add(ReadOnlySpan<byte> packet, uint ingressIfindex = 1, uint rxQueue = 0, ulong timestamp = 0)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Count == Capacity)
            throw new InvalidOperationException($"the burst is full: it has {Capacity} packets");
        if (packet.Length > MaxLength)
            throw new ArgumentException($"a packet of {packet.Length} bytes is longer than {MaxLength}", nameof(packet));
        int index = Count;
        byte* buffer = Buffer(index, packet.Length, out int size);
        Frame* frame = Frames + index;
        *frame = new Frame
        {
            HardStart = buffer,
            Meta = buffer + Headroom,
            Data = buffer + Headroom,
            End = buffer + Headroom + packet.Length,
            HardEnd = buffer + size,
            IngressIfindex = ingressIfindex,
            RxQueueIndex = rxQueue,
            Timestamp = timestamp,
            Skb = _skbs == null ? null : _skbs + index,
        };
        NativeMemory.Clear(buffer, Headroom);
        packet.CopyTo(new Span<byte>(frame->Data, packet.Length));
        _savedFrames[index] = *frame;
        if (_skbs != null)
            _savedSkbs[index] = _skbs[index] = Describe(packet, timestamp);
        Save(packet);
        Count++;
        return index;
    }

    /// <summary>Gives every packet back its bytes, place and fields as they were added, with an empty headroom.</summary>
    public void Reset()
    {
        byte* original = _originals;
        for (int i = 0; i < Count; i++)
        {
            Frame* saved = _savedFrames + i;
            int length = saved->Length;
            NativeMemory.Clear(saved->HardStart, Headroom);
            Unsafe.CopyBlock(saved->Data, original, (uint)length);
            original += length;
            Frames[i] = *saved;
        }
        if (_skbs != null)
            Unsafe.CopyBlock(_skbs, _savedSkbs, (uint)(Count * sizeof(SkbFields)));
    }

    /// <summary>Takes every packet out.</summary>
    public void Clear()
    {
        for (int i = 0; i < Count; i++)
        {
            NativeMemory.Free(_largeBuffers[i]);
            _largeBuffers[i] = null;
        }
        Count = 0;
        _originalsLength = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Clear();
        NativeMemory.Free(Frames);
        NativeMemory.Free(_savedFrames);
        NativeMemory.Free(_skbs);
        NativeMemory.Free(_savedSkbs);
        NativeMemory.Free(_buffers);
        NativeMemory.Free(_originals);
    }

    private byte* Buffer(int index, int length, out int size)
    {
        size = BufferSize;
        if (length <= MaxLinearLength)
            return _buffers + (nuint)index * Stride;
        size = Headroom + length;
        return _largeBuffers[index] = (byte*)NativeMemory.AllocZeroed((nuint)size);
    }

    private void Save(ReadOnlySpan<byte> packet)
    {
        nuint needed = _originalsLength + (nuint)packet.Length;
        if (needed > _originalsCapacity)
        {
            _originalsCapacity = Math.Max(needed, _originalsCapacity * 2);
            _originals = (byte*)NativeMemory.Realloc(_originals, _originalsCapacity);
        }
        packet.CopyTo(new Span<byte>(_originals + _originalsLength, packet.Length));
        _originalsLength = needed;
    }

    // What eth_type_trans() tells of a packet: its protocol, and whether it was sent to everybody or to a group.
    private static SkbFields Describe(ReadOnlySpan<byte> packet, ulong timestamp)
    {
        const uint Host = 0, Broadcast = 1, Multicast = 2; // PACKET_HOST ..., include/uapi/linux/if_packet.h
        bool isGroup = packet.Length > 0 && (packet[0] & 1) != 0;
        bool isBroadcast = packet.Length >= 6 && packet[..6].IndexOfAnyExcept((byte)0xff) < 0;
        return new SkbFields
        {
            Protocol = packet.Length >= 14 ? BinaryPrimitives.ReadUInt16LittleEndian(packet[12..]) : 0u,
            PacketType = isBroadcast ? Broadcast : isGroup ? Multicast : Host,
            WireLength = (uint)packet.Length,
            Tstamp = timestamp,
        };
    }
}
