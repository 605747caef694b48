namespace Headrace.Objects.Tests.Writing;

/// <summary>Loads objects with bpftool, which is libbpf's own judgement; skips the test where that is impossible.</summary>
/// <remarks>Each load has a bpf file system of its own, in a mount namespace that ends with it: whatever an object pins is gone afterwards.</remarks>
internal static class BpfTool
{
    private const string Programs = "/sys/fs/bpf/programs";

    /// <summary>Loads every program of an object and asks bpftool about them; fails with libbpf's log.</summary>
    /// <param name="elf">The object.</param>
    /// <param name="queries">bpftool's arguments; <c>{pins}</c> stands for the folder of the pinned programs.</param>
    /// <returns>What bpftool answers.</returns>
    public static string Load(byte[] elf, params ReadOnlySpan<string> queries)
    {
        (bool loaded, string log) = TryLoad(elf, queries);
        Assert.True(loaded, log);
        return log;
    }

    /// <summary>Loads every program of an object.</summary>
    /// <returns>Whether all were loaded and every question was answered, and what bpftool says.</returns>
    public static (bool Loaded, string Log) TryLoad(byte[] elf, params ReadOnlySpan<string> queries)
    {
        Assert.SkipUnless(Environment.UserName == "root", "loading programs needs root");
        Assert.SkipUnless(Tools.Exist("bpftool") && Tools.Exist("unshare"), "bpftool or unshare is not installed");
        string file = Path.Combine(Path.GetTempPath(), $"headrace-{Guid.NewGuid():N}.o");
        File.WriteAllBytes(file, elf);
        try
        {
            string script = $"mount -t bpf bpf /sys/fs/bpf && bpftool prog loadall {file} {Programs}";
            foreach (string query in queries)
                script += $" && bpftool {query.Replace("{pins}", Programs)}";
            (int code, string output, string errors) = Tools.TryRun("unshare", $"--mount sh -c \"{script}\"");
            return (code == 0, errors + output);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
