using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Headrace.Engine;

namespace Headrace.Ports.Tests;

/// <summary>Makes numbered frames whose every byte follows from the number, and owns them until they come back.</summary>
internal sealed unsafe class FrameSource : PacketQueue, IDisposable
{
    public const int Burst = 64;
    private const int HeaderLength = 14 + 8;

    private static readonly byte[] s_content = Content();

    private readonly byte* _memory = (byte*)NativeMemory.AllocZeroed(Burst, (nuint)(PacketBurst.MaxLength + 1024));
    private readonly FrameArray _frames = new(Burst);
    private readonly Func<long, int> _length;
    private int _lent;

    /// <param name="length">Length of a frame by its number; at least 22.</param>
    public FrameSource(Func<long, int> length) => _length = length;

    public long Next { get; private set; }

    /// <summary>Frames not given back: a port that keeps or loses one is caught.</summary>
    public int Lent => _lent;

    public static long NumberOf(Frame* frame) => BinaryPrimitives.ReadInt64LittleEndian(new ReadOnlySpan<byte>(frame->Data + 14, 8));

    /// <summary>Null when a frame is what <see cref="Send"/> made of its number; else what is wrong.</summary>
    public string? Check(Frame* frame)
    {
        if (frame->Length < HeaderLength)
            return $"a frame of {frame->Length} bytes";
        long number = NumberOf(frame);
        int length = _length(number);
        if (frame->Length != length)
            return $"frame {number} has {frame->Length} bytes, {length} were sent";
        byte* expected = stackalloc byte[length];
        Fill(expected, number, length);
        var sent = new ReadOnlySpan<byte>(expected, length);
        int same = sent.CommonPrefixLength(new ReadOnlySpan<byte>(frame->Data, length));
        return same == length ? null : $"frame {number} of {length} bytes differs at byte {same}";
    }

    /// <summary>Sends the next frames to a queue.</summary>
    public void SendTo(PacketQueue queue, int count)
    {
        count = Math.Min(count, Burst);
        for (int i = 0; i < count; i++)
        {
            byte* data = _memory + (nuint)i * (PacketBurst.MaxLength + 1024) + PacketBurst.Headroom;
            int length = _length(Next);
            Fill(data, Next++, length);
            _frames.Frames[i] = new Frame { HardStart = data - PacketBurst.Headroom, Meta = data, Data = data, End = data + length, HardEnd = data + length };
        }
        _lent += count;
        queue.Send(this, _frames.Frames, count);
        queue.Flush();
    }

    public override int Receive(Frame* frames, int capacity) => 0;

    public override void Send(PacketQueue owner, Frame* frames, int count) => owner.Release(frames, count);

    public override void Release(Frame* frames, int count) => _lent -= count;

    public void Dispose()
    {
        _frames.Dispose();
        NativeMemory.Free(_memory);
    }

    private static byte[] Content()
    {
        byte[] content = new byte[(1 << 16) + PacketBurst.MaxLength + 1024];
        new Random(1).NextBytes(content);
        return content;
    }

    private static void Fill(byte* data, long number, int length)
    {
        // Ethernet of a local experiment (EtherType 0x88b5), then the number, then bytes that follow from it.
        var bytes = new Span<byte>(data, length);
        ReadOnlySpan<byte> ethernet = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xb5];
        ethernet.CopyTo(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[14..], number);
        // A number's bytes begin anywhere in a table that is longer than any frame.
        s_content.AsSpan((int)((uint)number * 2654435761 >> 16), length - HeaderLength).CopyTo(bytes[HeaderLength..]);
    }
}
