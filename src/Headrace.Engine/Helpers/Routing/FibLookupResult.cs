namespace Headrace.Engine;

/// <summary>Answers of a route look-up (<c>BPF_FIB_LKUP_RET_*</c>, include/uapi/linux/bpf.h).</summary>
internal enum FibLookupResult
{
    Success,
    Blackhole,
    Unreachable,
    Prohibit,
    NotForwarded,
    ForwardingDisabled,
    UnsupportedTunnel,
    NoNeighbour,
    FragmentationNeeded,
    NoSourceAddress,
}
