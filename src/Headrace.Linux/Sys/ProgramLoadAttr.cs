using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary>What <c>BPF_PROG_LOAD</c> reads.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ProgramLoadAttr
{
    public uint ProgramType;
    public uint InstructionCount;
    public byte* Instructions;
    public byte* License;
    public uint LogLevel;
    public uint LogSize;
    public byte* Log;
    public uint KernelVersion;
    public uint Flags;
    public ObjectName Name;
    public uint Ifindex;
    public uint ExpectedAttachType;
    public int BtfFd;
    public uint FunctionInfoSize;
    public FunctionInfo* FunctionInfo;
    public uint FunctionInfoCount;
    public uint LineInfoSize;
    public LineInfo* LineInfo;
    public uint LineInfoCount;
    public uint AttachBtfId;
    public int AttachProgramFd;
    public uint CoreRelocationCount;
    public int* FdArray;
    public byte* CoreRelocations;
    public uint CoreRelocationSize;
    public uint LogTrueSize;
}
