using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary>What <c>BPF_PROG_TEST_RUN</c> reads, and writes back: return value, sizes, duration.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TestRunAttr
{
    public int ProgramFd;
    public uint ReturnValue;
    public uint DataSizeIn;
    public uint DataSizeOut;
    public byte* DataIn;
    public byte* DataOut;
    public uint Repeat;
    public uint Duration;
    public uint ContextSizeIn;
    public uint ContextSizeOut;
    public byte* ContextIn;
    public byte* ContextOut;
    public uint Flags;
    public uint Cpu;
    public uint BatchSize;
    private readonly uint _padding;
}
