using System.Runtime.InteropServices;
using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>A receive and a transmit ring of a port. One thread at a time uses it, except for <see cref="Counters"/>.</summary>
/// <remarks>
/// <para>
/// Frames stay where the ring has them. <see cref="Receive"/> lends them: each is the caller's until it goes back, once, by
/// <see cref="Release"/> to the queue it came from or by <see cref="Send"/> to any queue. A program may change the bytes and move the
/// ends between <see cref="Frame.HardStart"/> and <see cref="Frame.HardEnd"/>; by <see cref="Frame.Buffer"/> the queue knows its buffer again.
/// </para>
/// <para>
/// <see cref="Send"/> takes all frames, always: when both queues have the same <see cref="Memory"/> the buffer itself goes onto the
/// ring, else its bytes are copied and it is released to its owner. What the ring does not take is counted by cause and released. So
/// received = sent or refused somewhere + released, and no path loses a frame silently.
/// </para>
/// </remarks>
public abstract unsafe class PacketQueue
{
    /// <summary>What it counted. Written by the queue's thread, read by anybody.</summary>
    public QueueCounters Counters { get; } = new();

    /// <summary>Whose buffers it receives into and sends from: queues with the same object send each other's frames without a copy.</summary>
    public virtual object Memory => this;

    /// <summary>Readable when there is something to receive, for a worker that sleeps; null when nobody can tell, which makes sleepers look every now and then.</summary>
    public virtual SafeHandle? ReadyHandle => null;

    /// <summary>Takes frames that arrived, without waiting.</summary>
    /// <param name="frames">Room for descriptions, in native memory; every field is set but <see cref="Frame.Verdict"/>.</param>
    /// <param name="capacity">How many fit.</param>
    /// <returns>How many there were.</returns>
    public abstract int Receive(Frame* frames, int capacity);

    /// <summary>Sends frames in order; all of them are gone from the caller when it returns, sent or refused and counted.</summary>
    /// <param name="owner">The queue they came from.</param>
    /// <param name="frames">The frames.</param>
    /// <param name="count">How many.</param>
    public abstract void Send(PacketQueue owner, Frame* frames, int count);

    /// <summary>Gives frames back that this queue received, in any order.</summary>
    public abstract void Release(Frame* frames, int count);

    /// <summary>Makes the other side see what was sent, and takes back buffers that are out. Called after each burst and now and then while idle.</summary>
    public virtual void Flush() { }

    /// <summary>Frames sent that the other side has not taken yet and that can still be lost; a loop that stops waits for 0.</summary>
    public virtual int Unsent => 0;

    /// <summary>Work that is not a packet's, such as a handshake with a peer that came back: called some ten times a second, or sooner when <see cref="ReadyHandle"/> is readable.</summary>
    public virtual void Maintain() { }

    /// <summary>What was lost beyond the port's reach, such as by the kernel before a full ring: cause and count. May be called from any thread.</summary>
    public virtual IReadOnlyList<KeyValuePair<string, long>> ReadMissed() => [];
}
