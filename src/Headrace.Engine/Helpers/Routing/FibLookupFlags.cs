namespace Headrace.Engine;

/// <summary>Flags of a route look-up (<c>BPF_FIB_LOOKUP_*</c>, include/uapi/linux/bpf.h).</summary>
[Flags]
internal enum FibLookupFlags : uint
{
    None = 0,
    Direct = 1,
    Output = 2,
    SkipNeighbour = 4,
    TableId = 8,
    Source = 16,
    Mark = 32,
    All = Direct | Output | SkipNeighbour | TableId | Source | Mark,
}
