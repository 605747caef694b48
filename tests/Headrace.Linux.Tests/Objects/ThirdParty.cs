namespace Headrace.Linux.Tests.Objects;

/// <summary>Packet programs that Debian's xdp-tools and libxdp install.</summary>
internal static class ThirdParty
{
    /// <summary>The folder, or null where the packages are not installed.</summary>
    public static string? Folder { get; } = Directory.Exists("/usr/lib")
        ? Directory.GetDirectories("/usr/lib", "*-linux-gnu*").Select(folder => Path.Combine(folder, "bpf")).FirstOrDefault(Directory.Exists)
        : null;

    /// <summary>Names of objects that load by themselves: everything but what attaches to another program (<c>xdpdump_bpf.o</c>, <c>xdp-dispatcher.o</c>).</summary>
    public static TheoryData<string> Loadable() =>
    [
        "xdpdump_xdp.o", "xsk_def_xdp_prog.o", "xsk_def_xdp_prog_5.3.o",
        "xdpfilt_alw_all.o", "xdpfilt_alw_eth.o", "xdpfilt_alw_ip.o", "xdpfilt_alw_tcp.o", "xdpfilt_alw_udp.o",
        "xdpfilt_dny_all.o", "xdpfilt_dny_eth.o", "xdpfilt_dny_ip.o", "xdpfilt_dny_tcp.o", "xdpfilt_dny_udp.o",
    ];

    /// <summary>The path of an object; skips the test, in words, where it is not installed.</summary>
    public static string PathOf(string name)
    {
        string? path = Folder is null ? null : Path.Combine(Folder, name);
        Assert.SkipUnless(File.Exists(path), $"{name} is not here: install Debian's xdp-tools and libxdp-dev");
        return path!;
    }
}
