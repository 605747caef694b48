using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary>What <c>BPF_BTF_LOAD</c> reads.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BtfLoadAttr
{
    public byte* Btf;
    public byte* Log;
    public uint BtfSize;
    public uint LogSize;
    public uint LogLevel;
    public uint LogTrueSize;
}
