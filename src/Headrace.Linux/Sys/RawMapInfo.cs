using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary><c>struct bpf_map_info</c> (include/uapi/linux/bpf.h, Linux 6.18).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RawMapInfo
{
    public uint Type;
    public uint Id;
    public uint KeySize;
    public uint ValueSize;
    public uint MaxEntries;
    public uint Flags;
    public ObjectName Name;
    public uint Ifindex;
    public uint BtfVmlinuxValueTypeId;
    public ulong NetnsDevice;
    public ulong NetnsInode;
    public uint BtfId;
    public uint BtfKeyTypeId;
    public uint BtfValueTypeId;
    public uint BtfVmlinuxId;
    public ulong Extra;
}
