using Headrace.Engine;

namespace Headrace.Ports.Tests.Forwarding;

/// <summary>Another port that tells how much its worker's thread has allocated so far.</summary>
internal sealed unsafe class MeteredPort : IPacketPort
{
    private readonly IPacketPort _port;
    private readonly Meter _meter;

    public MeteredPort(IPacketPort port) => (_port, _meter) = (port, new Meter(port.Queues[0]));

    public PortSpec Spec => _port.Spec;

    public uint Ifindex { get => _port.Ifindex; set => _port.Ifindex = value; }

    public PortCapabilities Capabilities => _port.Capabilities;

    public IReadOnlyList<PacketQueue> Queues => [_meter];

    /// <summary>Bytes allocated by the thread that receives, as of its last look.</summary>
    public long Allocated => _meter.Allocated;

    /// <summary>How often it looked for frames.</summary>
    public long Looks => _meter.Looks;

    public void Dispose() => _port.Dispose();

    private sealed class Meter(PacketQueue queue) : PacketQueue
    {
        private long _allocated;
        private long _looks;

        public long Allocated => Volatile.Read(ref _allocated);

        public long Looks => Volatile.Read(ref _looks);

        public override object Memory => queue.Memory;

        public override int Receive(Frame* frames, int capacity)
        {
            Volatile.Write(ref _allocated, GC.GetAllocatedBytesForCurrentThread());
            Volatile.Write(ref _looks, _looks + 1);
            int count = queue.Receive(frames, capacity);
            Counters.CountReceived(count, 0);
            return count;
        }

        public override void Send(PacketQueue owner, Frame* frames, int count)
        {
            long before = queue.Counters.Sent;
            queue.Send(owner, frames, count);
            Counters.CountSent(queue.Counters.Sent - before, 0);
        }

        public override void Release(Frame* frames, int count) => queue.Release(frames, count);

        public override void Flush() => queue.Flush();
    }
}
