using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary>The first version of <c>struct perf_event_attr</c> (include/uapi/linux/perf_event.h): 64 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct PerfEventAttr
{
    public uint Type;
    public uint Size;
    public ulong Config;
    public ulong SamplePeriod;
    public ulong SampleType;
    public ulong ReadFormat;
    public ulong Flags;
    public uint WakeupEvents;
}
