using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>Frames that one worker gives another, as a queue: what is received here was counted where it came in.</summary>
/// <param name="ring">The ring between the two.</param>
internal sealed unsafe class HandoffQueue(FrameRing ring) : PacketQueue
{
    /// <inheritdoc/>
    public override int Receive(Frame* frames, int capacity) => ring.Read(frames, capacity);

    /// <inheritdoc/>
    public override void Send(PacketQueue owner, Frame* frames, int count) => throw new NotSupportedException("the other side of the ring writes");

    /// <inheritdoc/>
    public override void Release(Frame* frames, int count) => ring.Release(count);
}
