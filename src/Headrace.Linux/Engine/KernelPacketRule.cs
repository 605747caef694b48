using Headrace.Bytecode;

namespace Headrace.Linux;

/// <summary>Which packets the kernel's test run takes as they are, and why not the others.</summary>
public static class KernelPacketRule
{
    /// <summary>Shortest packet: an Ethernet header (<c>ETH_HLEN</c>).</summary>
    public const int MinLength = 14;

    /// <summary>
    /// Longest packet an XDP program sees whole: a page of 4096 bytes without 256 of headroom and the 320 of
    /// <c>skb_shared_info</c>. The kernel splits longer ones into fragments.
    /// </summary>
    public const int MaxLinearXdp = 4096 - 256 - 320;

    /// <summary>Longest packet of a program on socket buffers: a page without 64 bytes of padding and the 320 of <c>skb_shared_info</c>.</summary>
    public const int MaxSocketBuffer = 4096 - 64 - 320;

    /// <summary>Why a packet cannot be run as it is; null when it can.</summary>
    /// <param name="type">The program's type.</param>
    /// <param name="length">The packet's length in bytes.</param>
    public static string? Refuses(ProgramType type, int length)
    {
        if (length < MinLength)
            return $"a packet of {length} bytes is shorter than an Ethernet header ({MinLength}): the kernel's test run takes none";
        if (type == ProgramType.Xdp && length > MaxLinearXdp)
        {
            return $"a packet of {length} bytes does not fit the kernel's page ({MaxLinearXdp} beside headroom and bookkeeping): "
                + "the kernel would split it, and the program see its first part only";
        }
        if (type != ProgramType.Xdp && length > MaxSocketBuffer)
            return $"a packet of {length} bytes is longer than the kernel's test run takes for socket buffers ({MaxSocketBuffer})";
        return null;
    }
}
