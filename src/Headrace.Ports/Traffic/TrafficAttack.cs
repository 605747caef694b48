namespace Headrace.Ports;

/// <summary>The kinds of hostile traffic the generator mixes in. The victim is always 198.51.100.1.</summary>
public enum TrafficAttack
{
    /// <summary>TCP SYN to port 80 from forged sources all over 198.18.0.0/15.</summary>
    SynFlood,

    /// <summary>UDP to random ports from a botnet in 203.0.113.0/24; each payload begins with <c>de ad be ef</c>.</summary>
    UdpFlood,

    /// <summary>Large DNS answers from the open resolvers of 192.0.2.0/24, source port 53 (reflection).</summary>
    DnsAmplification,
}
