using Headrace.Engine;

namespace Headrace.Ports.Tests.Forwarding;

/// <summary>Loop wires with one end for a forwarder and the other for a test that plays the network.</summary>
internal sealed unsafe class Wires : IDisposable
{
    private static int s_last;

    private readonly FrameArray _frames = new(256);
    private readonly PacketBurst _burst = new(256);
    private readonly Injector _injector = new();

    public Wires(int count, int queues = 1, int ring = 512)
    {
        int number = Interlocked.Increment(ref s_last);
        for (int i = 0; i < count; i++)
        {
            string spec = $"loop:wire{number}-{i},ring={ring},queues={queues}";
            Inner.Add(PortKinds.Open(spec));
            Outer.Add(PortKinds.Open(spec));
        }
    }

    /// <summary>Wires of other kinds: what the forwarder's end and the other end are opened from.</summary>
    public Wires(params (string Inner, string Outer)[] specs)
    {
        foreach ((string inner, string outer) in specs)
        {
            Inner.Add(PortKinds.Open(inner));
            Outer.Add(PortKinds.Open(outer));
        }
        UntilUp();
    }

    public List<IPacketPort> Inner { get; } = [];

    public List<IPacketPort> Outer { get; } = [];

    /// <summary>Sends packets into a forwarder's port; how many the wire took.</summary>
    public int Inject(int port, IEnumerable<byte[]> packets, int queue = 0)
    {
        long before = Outer[port].Queues[queue].Counters.Sent;
        foreach (byte[][] some in packets.Chunk(_burst.Capacity))
        {
            _burst.Clear();
            foreach (byte[] packet in some)
                _burst.Add(packet);
            Outer[port].Queues[queue].Send(_injector, _burst.Frames, _burst.Count);
            Outer[port].Queues[queue].Flush();
        }
        return (int)(Outer[port].Queues[queue].Counters.Sent - before);
    }

    /// <summary>Takes what a forwarder sent out by a port.</summary>
    public List<byte[]> Take(int port)
    {
        var taken = new List<byte[]>();
        foreach (PacketQueue queue in Outer[port].Queues)
        {
            int count = queue.Receive(_frames.Frames, _frames.Capacity);
            for (int i = 0; i < count; i++)
                taken.Add(new ReadOnlySpan<byte>(_frames.Frames[i].Data, _frames.Frames[i].Length).ToArray());
            queue.Release(_frames.Frames, count);
            queue.Flush();
        }
        return taken;
    }

    public void UntilUp() => NumberedTraffic.UntilUp([.. Inner, .. Outer]);

    /// <summary>Has an end go away and come back.</summary>
    public void Restart(int port)
    {
        Outer[port].Dispose();
        NumberedTraffic.Until(() => Inner[port].DownReason is not null, () => $"{Inner[port].Spec} does not know that its peer is gone");
        Outer[port] = PortKinds.Open(Outer[port].Spec.Text);
        UntilUp();
    }

    public void Dispose()
    {
        foreach (IPacketPort port in Inner.Concat(Outer))
            port.Dispose();
        _frames.Dispose();
        _burst.Dispose();
    }

    private sealed class Injector : PacketQueue
    {
        public override int Receive(Frame* frames, int capacity) => 0;

        public override void Send(PacketQueue owner, Frame* frames, int count) => throw new NotSupportedException();

        public override void Release(Frame* frames, int count) { }
    }
}
