using Headrace.Bytecode;

namespace Headrace.Engine;

/// <summary>Says before the run whether a program may call a helper.</summary>
internal static class HelperRules
{
    // license_is_gpl_compatible, include/linux/license.h
    private static readonly HashSet<string> s_gplCompatible = new(StringComparer.Ordinal)
    {
        "GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL",
    };

    /// <summary>True when programs under this licence may call helpers for GPL programs only.</summary>
    public static bool IsGplCompatible(string license) => s_gplCompatible.Contains(license);

    /// <summary>Why a program must not call a helper, in words that name it; null when it may.</summary>
    /// <param name="id">The helper.</param>
    /// <param name="type">The program's type.</param>
    /// <param name="license">The program's licence.</param>
    public static string? Refusal(HelperId id, ProgramType type, string license)
    {
        string name = "bpf_" + HelperNames.Of(id);
        if (!HelperNames.IsKnown((long)id))
            return $"there is no helper number {(long)id}";
        if (KernelOnlyHelpers.ReasonFor(id) is { } reason)
            return $"{name} is only in the kernel: {reason}";
        if (HelperPrototypes.Find(id) is not { } prototype)
            return $"{name} is not for programs that work on packets";
        if ((prototype.Programs & HelperProgramTypes.Of(type)) == 0)
            return $"a program of type {type} cannot call {name}";
        if (prototype.GplOnly && !IsGplCompatible(license))
            return $"{name} is for programs under a GPL-compatible licence, and this one's is '{license}'";
        return null;
    }

    /// <summary>True for a helper that leaves nothing in the machine that belongs to the packet at hand, but for its frame.</summary>
    public static bool IsStateless(HelperId id) => id is HelperId.MapLookupElem or HelperId.MapUpdateElem or HelperId.MapDeleteElem
        or HelperId.MapLookupPercpuElem or HelperId.MapPushElem or HelperId.MapPopElem or HelperId.MapPeekElem
        or HelperId.KtimeGetNs or HelperId.KtimeGetBootNs or HelperId.KtimeGetCoarseNs or HelperId.KtimeGetTaiNs or HelperId.Jiffies64
        or HelperId.GetPrandomU32 or HelperId.GetSmpProcessorId or HelperId.GetNumaNodeId or HelperId.CsumDiff
        or HelperId.Redirect or HelperId.RedirectMap or HelperId.FibLookup or HelperId.CheckMtu or HelperId.XdpGetBuffLen
        or HelperId.XdpAdjustHead or HelperId.XdpAdjustTail or HelperId.XdpAdjustMeta or HelperId.XdpLoadBytes or HelperId.XdpStoreBytes
        or HelperId.PerfEventOutput or HelperId.RingbufOutput or HelperId.RingbufQuery or HelperId.TracePrintk;
}
