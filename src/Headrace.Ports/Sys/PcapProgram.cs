using System.Runtime.InteropServices;

namespace Headrace.Ports.Sys;

/// <summary>A compiled filter (<c>struct bpf_program</c>): instructions of 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PcapProgram
{
    public uint Length;
    public byte* Instructions;
}
