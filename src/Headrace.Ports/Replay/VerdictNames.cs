using Headrace.Bytecode;

namespace Headrace.Ports;

/// <summary>Names of the values a program returns, by its type.</summary>
public static class VerdictNames
{
    private static readonly string[] s_xdp = ["XDP_ABORTED", "XDP_DROP", "XDP_PASS", "XDP_TX", "XDP_REDIRECT"];

    // TC_ACT_*, include/uapi/linux/pkt_cls.h
    private static readonly string[] s_tc =
    [
        "TC_ACT_OK", "TC_ACT_RECLASSIFY", "TC_ACT_SHOT", "TC_ACT_PIPE", "TC_ACT_STOLEN", "TC_ACT_QUEUED", "TC_ACT_REPEAT", "TC_ACT_REDIRECT", "TC_ACT_TRAP",
    ];

    /// <summary>The verdicts that a report of this program type always names, also when they did not occur.</summary>
    public static IReadOnlyList<uint> Expected(ProgramType type) => type == ProgramType.Xdp ? [0, 1, 2, 3, 4] : [];

    /// <summary>The name of a verdict; the number where the field has no name for it.</summary>
    /// <remarks>A socket filter returns how many bytes to keep: 0 is <c>SK_DROP</c>, anything else <c>SK_PASS</c>.</remarks>
    public static string Of(ProgramType type, uint verdict) => type switch
    {
        ProgramType.Xdp when verdict < s_xdp.Length => s_xdp[verdict],
        ProgramType.SchedCls or ProgramType.SchedAct when verdict < s_tc.Length => s_tc[verdict],
        ProgramType.SchedCls or ProgramType.SchedAct when verdict == uint.MaxValue => "TC_ACT_UNSPEC",
        ProgramType.SocketFilter or ProgramType.CgroupSkb or ProgramType.SkSkb or ProgramType.SkMsg => verdict == 0 ? "SK_DROP" : "SK_PASS",
        _ => verdict.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <summary>True when the packet goes on (to the stack, back out, or elsewhere) rather than being dropped.</summary>
    public static bool GoesOn(ProgramType type, uint verdict) => type switch
    {
        ProgramType.Xdp => verdict is (uint)XdpAction.Pass or (uint)XdpAction.Tx or (uint)XdpAction.Redirect,
        ProgramType.SchedCls or ProgramType.SchedAct => verdict is not (2 or 4 or 5 or 8),
        _ => verdict != 0,
    };
}
