using System.Runtime.InteropServices;

namespace Headrace.Engine;

/// <summary>The fields of <c>__sk_buff</c> that a packet alone does not tell (include/uapi/linux/bpf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct SkbFields
{
    /// <summary>Packet type: to us, broadcast, multicast, ...</summary>
    public uint PacketType;
    /// <summary>Mark.</summary>
    public uint Mark;
    /// <summary>Queue mapping.</summary>
    public uint QueueMapping;
    /// <summary>EtherType in network byte order.</summary>
    public uint Protocol;
    /// <summary>1 when a VLAN tag was taken off the packet.</summary>
    public uint VlanPresent;
    /// <summary>The VLAN tag taken off.</summary>
    public uint VlanTci;
    /// <summary>The VLAN tag's protocol.</summary>
    public uint VlanProtocol;
    /// <summary>Priority.</summary>
    public uint Priority;
    /// <summary>Traffic-control index.</summary>
    public uint TcIndex;
    /// <summary>Scratch space of the program.</summary>
    public fixed uint Cb[5];
    /// <summary>Flow hash.</summary>
    public uint Hash;
    /// <summary>Traffic-control class.</summary>
    public uint TcClassId;
    /// <summary>NAPI id.</summary>
    public uint NapiId;
    /// <summary>Time stamp in nanoseconds.</summary>
    public ulong Tstamp;
    /// <summary>Wire length in bytes.</summary>
    public uint WireLength;
    /// <summary>Number of segments.</summary>
    public uint GsoSegments;
    /// <summary>Size of a segment.</summary>
    public uint GsoSize;
    /// <summary>Time stamp type.</summary>
    public uint TstampType;
    /// <summary>Hardware time stamp.</summary>
    public ulong HwTstamp;
}
