namespace Headrace.Ports;

/// <summary>What the traffic generator makes; written <c>gen:packets=100000,flows=1000,sizes=imix,mix=udp:70/tcp:25/icmp:5,ipv6=10,attack=synflood:20,vlan=5,seed=1</c>.</summary>
/// <remarks>
/// Every part may be left out. <c>sizes</c> is <c>imix</c>, a length, a range <c>60-1514</c>, or several with weights <c>60:7/590-600:4</c>.
/// <c>attack</c> is <c>synflood</c>, <c>udpflood</c>, <c>dnsamp</c>, each with its percentage. What a flow looks like (addresses, protocol,
/// tags) depends on its number and the shares alone, so that rules written for one seed hold for all; the seed decides order, lengths and contents.
/// </remarks>
public sealed record TrafficSpec
{
    /// <summary>What a specification begins with.</summary>
    public const string Prefix = "gen:";

    /// <summary>The most flows there are addresses for.</summary>
    public const int MaxFlows = 1 << 24;

    /// <summary>The shortest Ethernet frame, in bytes without frame check sequence.</summary>
    public const int MinFrame = 60;

    /// <summary>The longest frame made, in bytes without frame check sequence (a jumbo frame).</summary>
    public const int MaxFrame = 9014;

    /// <summary>The classic Internet mix: frames of 60, 590 and 1514 bytes in the proportion 7 : 4 : 1.</summary>
    public static IReadOnlyList<SizeShare> Imix { get; } = [new(60, 60, 7), new(590, 590, 4), new(1514, 1514, 1)];

    /// <summary>Packets to make.</summary>
    public long Packets { get; init; } = 100_000;

    /// <summary>Distinct flows (5-tuples) of ordinary traffic.</summary>
    public int Flows { get; init; } = 1000;

    /// <summary>Frame lengths; a frame too short for its headers gets the length it needs.</summary>
    public IReadOnlyList<SizeShare> Sizes { get; init; } = Imix;

    /// <summary>Percent of the flows that are UDP.</summary>
    public int Udp { get; init; } = 70;

    /// <summary>Percent of the flows that are TCP.</summary>
    public int Tcp { get; init; } = 25;

    /// <summary>Percent of the flows that are ICMP echo.</summary>
    public int Icmp { get; init; } = 5;

    /// <summary>Percent of the flows that are IPv6.</summary>
    public int IPv6 { get; init; }

    /// <summary>Percent of the flows with a VLAN tag.</summary>
    public int Vlan { get; init; }

    /// <summary>Percent of the flows with two VLAN tags (QinQ).</summary>
    public int QinQ { get; init; }

    /// <summary>Percent of the flows with IPv4 options or IPv6 extension headers.</summary>
    public int Options { get; init; }

    /// <summary>Percent of the packets that each attack makes.</summary>
    public IReadOnlyList<(TrafficAttack Kind, int Percent)> Attacks { get; init; } = [];

    /// <summary>Packets a second that the time stamps tell.</summary>
    public long Rate { get; init; } = 1_000_000;

    /// <summary>Where the random numbers start: the same seed makes the same bytes, on every machine.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Reads a specification, with or without <see cref="Prefix"/>.</summary>
    /// <exception cref="TrafficSpecException">A piece cannot be read, or its numbers do not fit together.</exception>
    public static TrafficSpec Parse(string text) => TrafficSpecReader.Read(text);

    /// <summary>The whole specification, defaults included, in the form <see cref="Parse"/> reads.</summary>
    public override string ToString() =>
        $"{Prefix}packets={Packets},flows={Flows},sizes={string.Join('/', Sizes)},mix=udp:{Udp}/tcp:{Tcp}/icmp:{Icmp},ipv6={IPv6},vlan={Vlan},qinq={QinQ},options={Options}"
        + (Attacks.Count == 0 ? "" : $",attack={string.Join('/', Attacks.Select(attack => $"{TrafficSpecReader.Name(attack.Kind)}:{attack.Percent}"))}")
        + $",rate={Rate},seed={Seed}";
}
