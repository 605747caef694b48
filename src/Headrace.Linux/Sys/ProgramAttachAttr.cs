using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary>What <c>BPF_PROG_ATTACH</c> and <c>BPF_PROG_DETACH</c> read.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ProgramAttachAttr
{
    /// <summary>A map's descriptor, or a device's number.</summary>
    public uint Target;
    public int ProgramFd;
    public uint AttachType;
    public uint Flags;
    public int ReplaceProgramFd;
    public uint RelativeFd;
    public ulong ExpectedRevision;
}
