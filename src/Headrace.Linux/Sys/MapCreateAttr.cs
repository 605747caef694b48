using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary>What <c>BPF_MAP_CREATE</c> reads.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MapCreateAttr
{
    public uint MapType;
    public uint KeySize;
    public uint ValueSize;
    public uint MaxEntries;
    public uint MapFlags;
    public int InnerMapFd;
    public uint NumaNode;
    public ObjectName Name;
    public uint Ifindex;
    public int BtfFd;
    public uint BtfKeyTypeId;
    public uint BtfValueTypeId;
    public uint BtfVmlinuxValueTypeId;
    public ulong Extra;
}
