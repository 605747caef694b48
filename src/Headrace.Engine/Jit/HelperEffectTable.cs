using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

/// <summary>The effects of the helpers the compiler knows; any other may do anything.</summary>
internal static class HelperEffectTable
{
    /// <summary>What a helper may change.</summary>
    public static HelperEffects Of(HelperId id) => id switch
    {
        HelperId.MapLookupElem or HelperId.MapUpdateElem or HelperId.MapDeleteElem or HelperId.MapLookupPercpuElem or HelperId.MapPushElem
            or HelperId.KtimeGetNs or HelperId.KtimeGetBootNs or HelperId.KtimeGetCoarseNs or HelperId.KtimeGetTaiNs or HelperId.Jiffies64
            or HelperId.GetPrandomU32 or HelperId.GetSmpProcessorId or HelperId.GetNumaNodeId
            or HelperId.TailCall or HelperId.CsumDiff or HelperId.Redirect or HelperId.RedirectMap
            or HelperId.PerfEventOutput or HelperId.TracePrintk or HelperId.TraceVprintk or HelperId.Strncmp
            or HelperId.RingbufOutput or HelperId.RingbufReserve or HelperId.RingbufSubmit or HelperId.RingbufDiscard or HelperId.RingbufQuery
            or HelperId.XdpGetBuffLen or HelperId.XdpStoreBytes => HelperEffects.None,
        HelperId.SpinLock or HelperId.SpinUnlock or HelperId.MapPopElem or HelperId.MapPeekElem or HelperId.XdpLoadBytes or HelperId.SkbLoadBytes
            or HelperId.FibLookup or HelperId.CheckMtu or HelperId.Snprintf or HelperId.Strtol or HelperId.Strtoul
            or HelperId.TimerInit or HelperId.TimerSetCallback or HelperId.TimerStart or HelperId.TimerCancel => HelperEffects.WritesMemory,
        HelperId.XdpAdjustHead or HelperId.XdpAdjustTail or HelperId.XdpAdjustMeta => HelperEffects.MovesPacket,
        HelperId.Loop or HelperId.ForEachMapElem => HelperEffects.CallsBack,
        _ => HelperEffects.All,
    };
}
