using Headrace.Linux;

namespace Headrace.Cli.Nouns.Net;

/// <summary>Where on a device a program runs.</summary>
/// <param name="Mode">For XDP: how.</param>
/// <param name="Direction">For tc: which way; null for XDP.</param>
internal readonly record struct NetPlace(XdpMode Mode, TcDirection? Direction)
{
    private static readonly string[] s_words = ["xdp", "xdpgeneric", "xdpdrv", "xdpoffload", "tcx_ingress", "tcx_egress"];

    public static NetPlace Read(Keywords words) => words.AcceptAny(s_words) switch
    {
        "xdp" => new NetPlace(XdpMode.Auto, null),
        "xdpgeneric" => new NetPlace(XdpMode.Generic, null),
        "xdpdrv" => new NetPlace(XdpMode.Native, null),
        "xdpoffload" => new NetPlace(XdpMode.Hardware, null),
        "tcx_ingress" => new NetPlace(default, TcDirection.Ingress),
        "tcx_egress" => new NetPlace(default, TcDirection.Egress),
        _ => throw new UsageException($"where on the device? {string.Join(", ", s_words)}"),
    };
}
