using System.Runtime.InteropServices;

namespace Headrace.Ports.Sys;

/// <summary>The head of a receive block (<c>struct tpacket_block_desc</c> with <c>tpacket_hdr_v1</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PacketBlock
{
    public const uint OwnedByKernel = 0, OwnedByUser = 1; // TP_STATUS_KERNEL, TP_STATUS_USER

    public uint Version;
    public uint PrivateOffset;
    public uint Status;
    public uint Packets;
    public uint FirstOffset;
    public uint Length;
}
