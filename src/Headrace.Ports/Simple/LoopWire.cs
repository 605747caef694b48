namespace Headrace.Ports;

/// <summary>The rings between the two ends of a <see cref="LoopPort"/>.</summary>
internal sealed class LoopWire
{
    private static readonly Dictionary<string, LoopWire> s_wires = new(StringComparer.Ordinal);

    private readonly string _name;
    private readonly FrameRing[][] _rings; // by the end that writes, by queue
    private int _opened;
    private int _open;

    private LoopWire(string name, int queues, int ring, int maxFrame)
    {
        _name = name;
        _rings = [Make(), Make()];
        FrameRing[] Make() => [.. Enumerable.Range(0, queues).Select(_ => new FrameRing(ring, maxFrame))];
    }

    /// <summary>True while both ends are open.</summary>
    public bool IsConnected => Volatile.Read(ref _open) == 2;

    /// <summary>Opens an end: the first of a name makes the wire.</summary>
    public static (LoopWire Wire, int End) Connect(PortSpec spec, int queues, int ring, int maxFrame)
    {
        lock (s_wires)
        {
            if (!s_wires.TryGetValue(spec.Name, out LoopWire? wire))
                s_wires.Add(spec.Name, wire = new LoopWire(spec.Name, queues, ring, maxFrame));
            if (wire._opened == 2)
                throw spec.Fail("both ends are open already");
            if (wire._rings[0].Length != queues || wire._rings[0][0].MaxFrame != maxFrame)
                throw spec.Fail($"the other end has {wire._rings[0].Length} queues and frames of {wire._rings[0][0].MaxFrame} bytes: both ends must agree");
            Volatile.Write(ref wire._open, wire._open + 1);
            return (wire, wire._opened++);
        }
    }

    /// <summary>The ring that an end writes.</summary>
    public FrameRing WrittenBy(int end, uint queue) => _rings[end][queue];

    /// <summary>Closes an end. When both are closed the name is free again.</summary>
    public void Disconnect()
    {
        lock (s_wires)
        {
            Volatile.Write(ref _open, _open - 1);
            if (_open > 0)
                return;
            s_wires.Remove(_name);
        }
        foreach (FrameRing ring in _rings.SelectMany(rings => rings))
            ring.Dispose();
    }
}
