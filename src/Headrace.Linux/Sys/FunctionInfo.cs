using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary><c>struct bpf_func_info</c>: the BTF type of the function that starts at a slot.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FunctionInfo
{
    public uint Slot;
    public uint TypeId;
}
