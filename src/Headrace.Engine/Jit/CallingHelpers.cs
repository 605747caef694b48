using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

/// <summary>Helpers that may call functions of the program: what they call spends of the run's budget.</summary>
internal static class CallingHelpers
{
    /// <summary>False for the helpers that are known to call nothing; any other may.</summary>
    public static bool MayCallBack(HelperId id) => id is not (
        HelperId.MapLookupElem or HelperId.MapUpdateElem or HelperId.MapDeleteElem or HelperId.MapLookupPercpuElem or HelperId.MapPushElem
        or HelperId.KtimeGetNs or HelperId.KtimeGetBootNs or HelperId.KtimeGetCoarseNs or HelperId.KtimeGetTaiNs or HelperId.Jiffies64
        or HelperId.GetPrandomU32 or HelperId.GetSmpProcessorId or HelperId.GetNumaNodeId
        or HelperId.TailCall or HelperId.CsumDiff or HelperId.Redirect or HelperId.RedirectMap
        or HelperId.PerfEventOutput or HelperId.TracePrintk or HelperId.TraceVprintk or HelperId.Strncmp
        or HelperId.RingbufOutput or HelperId.RingbufReserve or HelperId.RingbufSubmit or HelperId.RingbufDiscard or HelperId.RingbufQuery
        or HelperId.XdpGetBuffLen or HelperId.XdpStoreBytes
        or HelperId.SpinLock or HelperId.SpinUnlock or HelperId.MapPopElem or HelperId.MapPeekElem or HelperId.XdpLoadBytes or HelperId.SkbLoadBytes
        or HelperId.FibLookup or HelperId.CheckMtu or HelperId.Snprintf or HelperId.Strtol or HelperId.Strtoul
        or HelperId.TimerInit or HelperId.TimerSetCallback or HelperId.TimerStart or HelperId.TimerCancel
        or HelperId.XdpAdjustHead or HelperId.XdpAdjustTail or HelperId.XdpAdjustMeta);
}
