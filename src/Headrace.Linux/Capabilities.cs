using System.Globalization;

namespace Headrace.Linux;

/// <summary>The capabilities of this process that bpf(2) asks for (capabilities(7)).</summary>
internal static class Capabilities
{
    private const int NetAdmin = 12;
    private const int SysAdmin = 21;
    private const int Bpf = 39;

    /// <summary>Names of what is missing to load networking programs, such as <c>CAP_BPF and CAP_NET_ADMIN</c>; empty when nothing is.</summary>
    public static string MissingForBpf()
    {
        ulong effective = Effective();
        if ((effective & (1UL << SysAdmin)) != 0)
            return (effective & (1UL << NetAdmin)) != 0 ? "" : "CAP_NET_ADMIN";
        return (Has(effective, Bpf), Has(effective, NetAdmin)) switch
        {
            (true, true) => "",
            (true, false) => "CAP_NET_ADMIN",
            (false, true) => "CAP_BPF",
            _ => "CAP_BPF and CAP_NET_ADMIN",
        };
    }

    /// <summary>Names of what is missing for a call; empty when nothing is.</summary>
    public static string MissingFor(string call)
    {
        if (call.EndsWith("_GET_NEXT_ID", StringComparison.Ordinal) || call.EndsWith("_GET_FD_BY_ID", StringComparison.Ordinal)
            || call is "BPF_ENABLE_STATS" or "setns" or "mount")
            return Has(Effective(), SysAdmin) ? "" : "CAP_SYS_ADMIN";
        if (call.StartsWith("RTM_", StringComparison.Ordinal))
            return Has(Effective(), NetAdmin) ? "" : "CAP_NET_ADMIN";
        return call.StartsWith("BPF_", StringComparison.Ordinal) ? MissingForBpf() : "";
    }

    private static bool Has(ulong set, int capability) => (set & (1UL << capability)) != 0;

    private static ulong Effective()
    {
        const string Field = "CapEff:";
        foreach (string line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith(Field, StringComparison.Ordinal))
                return ulong.Parse(line.AsSpan(Field.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }
        return 0;
    }
}
