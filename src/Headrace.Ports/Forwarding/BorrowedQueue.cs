using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>The owner of frames that stay somebody else's: sending them copies, and releasing them does nothing.</summary>
internal sealed unsafe class BorrowedQueue : PacketQueue
{
    /// <inheritdoc/>
    public override int Receive(Frame* frames, int capacity) => 0;

    /// <inheritdoc/>
    public override void Send(PacketQueue owner, Frame* frames, int count) => throw new NotSupportedException("nothing is sent here");

    /// <inheritdoc/>
    public override void Release(Frame* frames, int count) { }
}
