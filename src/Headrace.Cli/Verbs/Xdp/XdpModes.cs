using Headrace.Linux;

namespace Headrace.Cli.Verbs.Xdp;

/// <summary>xdp-loader's words for modes.</summary>
internal static class XdpModes
{
    /// <summary>The mode of a word.</summary>
    /// <exception cref="UsageException">There is none of that name.</exception>
    public static XdpMode Parse(string word) => word switch
    {
        "native" => XdpMode.Native,
        "skb" => XdpMode.Generic,
        "hw" => XdpMode.Hardware,
        "unspecified" => XdpMode.Auto,
        _ => throw new UsageException($"--mode: there is no mode '{word}'; there are: native, skb, hw, unspecified"),
    };

    /// <summary>The word of a mode.</summary>
    public static string Word(XdpMode mode) => mode switch
    {
        XdpMode.Native => "native",
        XdpMode.Generic => "skb",
        XdpMode.Hardware => "hw",
        _ => "unspecified",
    };
}
