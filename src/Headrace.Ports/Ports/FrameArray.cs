using System.Runtime.InteropServices;
using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>Room for the descriptions of a burst in native memory, as executors and queues take them.</summary>
public sealed unsafe class FrameArray : IDisposable
{
    // Offsets from a frame's address are the context of a program, at most 192 bytes (__sk_buff): they must not reach other memory.
    private const nuint ContextPadding = 192;

    /// <summary>Makes room.</summary>
    public FrameArray(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        Capacity = capacity;
        nuint size = (nuint)capacity * (nuint)sizeof(Frame) + ContextPadding;
        Frames = (Frame*)NativeMemory.AlignedAlloc(size, 64);
        NativeMemory.Clear(Frames, size);
    }

    /// <summary>How many frames fit.</summary>
    public int Capacity { get; }

    /// <summary>The first.</summary>
    public Frame* Frames { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(Frames);
        Frames = null;
    }
}
