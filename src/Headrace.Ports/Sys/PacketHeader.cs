using System.Runtime.InteropServices;

namespace Headrace.Ports.Sys;

/// <summary>What stands before a packet in a ring (<c>struct tpacket3_hdr</c>, include/uapi/linux/if_packet.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PacketHeader
{
    public const uint VlanValid = 1 << 4, VlanTpidValid = 1 << 6; // TP_STATUS_VLAN_VALID, TP_STATUS_VLAN_TPID_VALID
    public const uint Available = 0, SendRequest = 1, WrongFormat = 4; // TP_STATUS_AVAILABLE, ...

    public uint NextOffset;
    public uint Seconds;
    public uint Nanoseconds;
    public uint CapturedLength;
    public uint Length;
    public uint Status;
    public ushort LinkOffset;
    public ushort NetworkOffset;
    public uint Hash;
    public uint VlanTci;
    public ushort VlanTpid;
    private readonly ushort _padding;
    private readonly ulong _padding2;
}
