using System.Runtime.InteropServices;

namespace Headrace.Engine;

/// <summary>One packet in native memory as an engine sees it: where its bytes are, where it came from, and what became of it.</summary>
/// <remarks>
/// A burst is an array of frames in native memory. The address of a frame is also the context pointer a program gets in R1: the
/// engines translate accesses to <c>xdp_md</c> and <c>__sk_buff</c> offsets into its fields, as the kernel rewrites them.
/// Pointers obey HardStart &lt;= Meta &lt;= Data &lt;= End &lt;= HardEnd. What every packet needs lies in the first of two cache lines.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Size = 128)]
public unsafe struct Frame
{
    /// <summary>Start of the buffer, 256 bytes of headroom before the packet at first.</summary>
    public byte* HardStart;

    /// <summary>Start of the metadata in front of the packet; equals <see cref="Data"/> when there is none.</summary>
    public byte* Meta;

    /// <summary>First byte of the packet.</summary>
    public byte* Data;

    /// <summary>One past the last byte of the packet.</summary>
    public byte* End;

    /// <summary>End of the room the packet may grow into at its tail.</summary>
    public byte* HardEnd;

    /// <summary>Interface index the packet came in by.</summary>
    public uint IngressIfindex;

    /// <summary>Receive queue it came in by.</summary>
    public uint RxQueueIndex;

    /// <summary>Interface index it leaves by; set only for programs run by a devmap.</summary>
    public uint EgressIfindex;

    /// <summary>Low half of R0 at the program's exit: the verdict.</summary>
    public uint Verdict;

    /// <summary>By what the packet's owner, a port, knows the buffer again; engines leave it alone.</summary>
    public ulong Buffer;

    /// <summary>Interface, CPU or queue a redirect helper chose; meaning depends on <see cref="RedirectMap"/>.</summary>
    public uint RedirectTarget;

    /// <summary>Flags given to the redirect helper.</summary>
    public uint RedirectFlags;

    /// <summary>Key that a redirect looked up in <see cref="RedirectMap"/>.</summary>
    public uint RedirectKey;

    /// <summary>Handle of the map a redirect went through (see <see cref="Map.Handle"/>), 0 for a plain interface index or none.</summary>
    public ulong RedirectMap;

    /// <summary>The socket-buffer fields for <c>__sk_buff</c> programs; null for XDP.</summary>
    public SkbFields* Skb;

    /// <summary>Receive time stamp in nanoseconds, 0 when unknown.</summary>
    public ulong Timestamp;

    /// <summary>Length of the packet in bytes.</summary>
    public readonly int Length => (int)(End - Data);
}
