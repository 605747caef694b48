namespace Headrace.Ports;

/// <summary>The transport of a generated flow: IANA's protocol numbers.</summary>
internal enum TrafficProtocol : byte
{
    Icmp = 1,
    Tcp = 6,
    Udp = 17,
    IcmpV6 = 58,
}
