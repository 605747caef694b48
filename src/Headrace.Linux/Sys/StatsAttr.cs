using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary>What <c>BPF_ENABLE_STATS</c> reads.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StatsAttr
{
    public uint Type;
}
