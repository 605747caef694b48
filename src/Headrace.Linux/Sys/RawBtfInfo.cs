using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary><c>struct bpf_btf_info</c> (include/uapi/linux/bpf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RawBtfInfo
{
    public byte* Btf;
    public uint BtfSize;
    public uint Id;
    public byte* Name;
    public uint NameLength;
    public uint IsKernel;
}
