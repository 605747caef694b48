using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary>What <c>BPF_OBJ_PIN</c> and <c>BPF_OBJ_GET</c> read.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PinAttr
{
    public byte* Path;
    public int Fd;
    public uint FileFlags;
}
