using System.Buffers.Binary;

namespace Headrace.Ports;

/// <summary>Makes Ethernet traffic from a <see cref="TrafficSpec"/>: the same specification makes the same bytes, on every machine.</summary>
public sealed class TrafficGenerator : PacketSource
{
    private const ulong NanosecondsASecond = 1_000_000_000;
    private const ulong FirstTimestamp = 1_767_225_600 * NanosecondsASecond; // 2026-01-01 00:00:00 UTC
    private const int LongestHeader = 128;
    private const byte Syn = 0x02, PushAck = 0x18;

    private readonly byte[] _frame = new byte[TrafficSpec.MaxFrame + LongestHeader];
    private readonly TrafficFlow[] _flows;
    private readonly uint[] _sequences;
    private readonly SizeShare[] _sizes;
    private readonly (TrafficAttack Kind, int Percent)[] _attacks;
    private readonly uint _sizeWeights;
    private TrafficRandom _random;

    /// <summary>Makes a generator that stands at its first packet.</summary>
    public TrafficGenerator(TrafficSpec spec) : base(Checked(spec).ToString())
    {
        Spec = spec;
        _flows = new TrafficFlow[spec.Flows];
        for (int i = 0; i < _flows.Length; i++)
            _flows[i] = TrafficFlow.Of(i, spec);
        _sequences = new uint[spec.Flows];
        (_sizes, _attacks) = ([.. spec.Sizes], [.. spec.Attacks]);
        foreach (var share in _sizes)
            _sizeWeights += (uint)share.Weight;
        _random = new TrafficRandom(spec.Seed);
    }

    /// <summary>What it makes.</summary>
    public TrafficSpec Spec { get; }

    /// <summary>Goes back to the first packet.</summary>
    public void Restart()
    {
        PacketsRead = 0;
        Array.Clear(_sequences);
        _random = new TrafficRandom(Spec.Seed);
    }

    /// <inheritdoc/>
    public override bool TryRead(out Packet packet)
    {
        if (PacketsRead == Spec.Packets)
        {
            packet = default;
            return false;
        }
        int length = DrawAttack() is { } attack ? MakeAttack(attack) : MakeOrdinary();
        ulong elapsed = (ulong)((UInt128)(ulong)PacketsRead * NanosecondsASecond / (ulong)Spec.Rate);
        packet = new Packet(FirstTimestamp + elapsed, _frame.AsSpan(0, length), (uint)length, LinkType.Ethernet, 0);
        PacketsRead++;
        return true;
    }

    private static TrafficSpec Checked(TrafficSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        // A specification may have been built by hand: reading its own text applies every rule of the text form.
        return TrafficSpec.Parse(spec.ToString());
    }

    private TrafficAttack? DrawAttack()
    {
        if (_attacks.Length == 0)
            return null;
        int drawn = (int)_random.Below(100);
        foreach (var (kind, percent) in _attacks)
        {
            if (drawn < percent)
                return kind;
            drawn -= percent;
        }
        return null;
    }

    private int MakeOrdinary()
    {
        uint number = _random.Below((uint)_flows.Length);
        ref readonly var flow = ref _flows[number];
        ref uint sequence = ref _sequences[number];
        bool opens = flow.Protocol == TrafficProtocol.Tcp && sequence == 0;
        int header = FrameBuilder.HeaderLength(flow);
        int payload = opens ? 0 : Math.Max(DrawSize() - header, 0);
        _random.Fill(_frame.AsSpan(header, payload));
        int length = FrameBuilder.Finish(_frame, flow, payload, sequence, opens ? Syn : PushAck);
        sequence += flow.Protocol == TrafficProtocol.Tcp ? (uint)payload + (opens ? 1u : 0u) : 1u;
        return length;
    }

    private int MakeAttack(TrafficAttack attack)
    {
        uint chance = (uint)_random.Next();
        var port = (ushort)(1024 + _random.Below(65536 - 1024));
        TrafficFlow Flow(uint source, ushort sourcePort, ushort destinationPort, TrafficProtocol protocol) =>
            new(source, TrafficFlow.Victim, sourcePort, destinationPort, protocol, false, 0, 0, false);
        switch (attack)
        {
            case TrafficAttack.SynFlood:
                return FrameBuilder.Finish(_frame, Flow(0xC6120000 | chance >> 15, port, 80, TrafficProtocol.Tcp), 0, (uint)_random.Next(), Syn);
            case TrafficAttack.UdpFlood:
                return MakeUdp(Flow(0xCB007100 | chance >> 24, (ushort)(chance & 0xFFFF | 1024), port, TrafficProtocol.Udp), 64, 0xDEADBEEF);
            default:
                // A DNS answer: transaction number, then flags "response, recursion available".
                return MakeUdp(Flow(0xC0000200 | chance >> 24, 53, port, TrafficProtocol.Udp), 1200, chance << 16 | 0x8180);
        }
    }

    private int MakeUdp(in TrafficFlow flow, int payload, uint begin)
    {
        int header = FrameBuilder.HeaderLength(flow);
        _random.Fill(_frame.AsSpan(header, payload));
        BinaryPrimitives.WriteUInt32BigEndian(_frame.AsSpan(header), begin);
        return FrameBuilder.Finish(_frame, flow, payload, (uint)_random.Next(), 0);
    }

    private int DrawSize()
    {
        uint drawn = _random.Below(_sizeWeights);
        foreach (var share in _sizes)
        {
            if (drawn < (uint)share.Weight)
                return share.Minimum + (int)_random.Below((uint)(share.Maximum - share.Minimum + 1));
            drawn -= (uint)share.Weight;
        }
        return TrafficSpec.MinFrame;
    }
}
