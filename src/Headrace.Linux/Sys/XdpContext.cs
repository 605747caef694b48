using System.Runtime.InteropServices;

namespace Headrace.Linux.Sys;

/// <summary><c>struct xdp_md</c> as a test run takes and gives it: offsets into the bytes passed beside it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct XdpContext
{
    /// <summary>Where the packet starts: the length of the metadata in front of it.</summary>
    public uint Data;
    public uint DataEnd;
    public uint DataMeta;
    public uint IngressIfindex;
    public uint RxQueueIndex;
    public uint EgressIfindex;
}
