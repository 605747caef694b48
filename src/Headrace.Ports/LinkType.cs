namespace Headrace.Ports;

/// <summary>What a captured packet begins with: the numbers of tcpdump.org's list of link types (the ones named here are the common ones; any other is kept as its number).</summary>
public enum LinkType : ushort
{
    /// <summary>BSD loopback: a 4-byte address family in the byte order of the capturing machine.</summary>
    Null = 0,

    /// <summary>IEEE 802.3 Ethernet, without preamble and normally without frame check sequence.</summary>
    Ethernet = 1,

    /// <summary>PPP.</summary>
    Ppp = 9,

    /// <summary>An IPv4 or IPv6 packet with nothing in front.</summary>
    Raw = 101,

    /// <summary>IEEE 802.11 wireless LAN.</summary>
    Ieee80211 = 105,

    /// <summary>OpenBSD loopback: a 4-byte address family, most significant byte first.</summary>
    Loop = 108,

    /// <summary>Linux "cooked" capture, version 1 (the <c>any</c> device).</summary>
    LinuxSll = 113,

    /// <summary>IEEE 802.11 with a radiotap header.</summary>
    Ieee80211Radiotap = 127,

    /// <summary>An IPv4 packet with nothing in front.</summary>
    IPv4 = 228,

    /// <summary>An IPv6 packet with nothing in front.</summary>
    IPv6 = 229,

    /// <summary>Linux "cooked" capture, version 2.</summary>
    LinuxSll2 = 276,
}
