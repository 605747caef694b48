namespace Headrace.Engine;

/// <summary>EtherTypes in host order (IEEE 802 numbers).</summary>
internal static class EtherTypes
{
    public const ushort Ipv4 = 0x0800;
    public const ushort Ipv6 = 0x86dd;
    public const ushort Vlan = 0x8100; // 802.1Q
    public const ushort ServiceVlan = 0x88a8; // 802.1ad

    public static bool IsVlan(ushort type) => type is Vlan or ServiceVlan;
}
