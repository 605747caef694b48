using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary><c>struct bpf_prog_info</c> (include/uapi/linux/bpf.h, Linux 6.18). Pointers and counts go in, counts come out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RawProgramInfo
{
    public uint Type;
    public uint Id;
    public ulong Tag;
    public uint JitedLength;
    public uint TranslatedLength;
    public byte* Jited;
    public byte* Translated;
    public ulong LoadTime;
    public uint CreatedByUid;
    public uint MapIdCount;
    public uint* MapIds;
    public ObjectName Name;
    public uint Ifindex;
    public uint Bits;
    public ulong NetnsDevice;
    public ulong NetnsInode;
    public uint JitedSymbolCount;
    public uint JitedLengthCount;
    public ulong* JitedSymbols;
    public uint* JitedLengths;
    public uint BtfId;
    public uint FunctionRecordSize;
    public FunctionInfo* Functions;
    public uint FunctionCount;
    public uint LineCount;
    public LineInfo* Lines;
    public ulong* JitedLines;
    public uint JitedLineCount;
    public uint LineRecordSize;
    public uint JitedLineRecordSize;
    public uint TagCount;
    public ulong* Tags;
    public ulong RunTime;
    public ulong RunCount;
    public ulong RecursionMisses;
    public uint VerifiedInstructions;
    public uint AttachBtfObjectId;
    public uint AttachBtfId;
    private readonly uint _padding;
}
