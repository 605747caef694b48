using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary>What <c>BPF_OBJ_GET_INFO_BY_FD</c> reads; <see cref="Length"/> is written back: what of the record the kernel knows.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct InfoAttr
{
    public int Fd;
    public uint Length;
    public void* Info;
}
