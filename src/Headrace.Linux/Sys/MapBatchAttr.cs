using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary>What the <c>BPF_MAP_*_BATCH</c> commands read; <see cref="Count"/> is written back.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MapBatchAttr
{
    public byte* InBatch;
    public byte* OutBatch;
    public byte* Keys;
    public byte* Values;
    public uint Count;
    public uint MapFd;
    public ulong ElementFlags;
    public ulong Flags;
}
