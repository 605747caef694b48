using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary>What the <c>BPF_MAP_*_ELEM</c> commands, <c>BPF_MAP_GET_NEXT_KEY</c> and <c>BPF_MAP_FREEZE</c> read.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MapElementAttr
{
    public uint MapFd;
    private readonly uint _padding;
    public byte* Key;
    public byte* ValueOrNextKey;
    public ulong Flags;
}
