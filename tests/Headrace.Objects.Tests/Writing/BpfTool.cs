namespace Headrace.Objects.Tests.Writing;

/// <summary>Loads objects with bpftool, which is libbpf's own judgement; skips the test where that is impossible.</summary>
internal sealed class BpfTool : IDisposable
{
    private const string FileSystem = "/sys/fs/bpf";
    private readonly string _folder;

    public BpfTool()
    {
        Assert.SkipUnless(Environment.UserName == "root", "loading programs needs root");
        Assert.SkipUnless(Tools.Exist("bpftool"), "bpftool is not installed");
        if (!File.ReadLines("/proc/mounts").Any(line => line.Contains($" {FileSystem} bpf ")))
            Assert.SkipUnless(Tools.TryRun("mount", $"-t bpf bpf {FileSystem}").ExitCode == 0, "the bpf file system is not mounted and cannot be");
        _folder = Path.Combine(FileSystem, "headrace-test-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(_folder);
    }

    /// <summary>Loads every program of an object; fails with libbpf's log.</summary>
    /// <returns>Folder in which the programs are pinned.</returns>
    public string Load(byte[] elf)
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetFileName(_folder) + ".o");
        File.WriteAllBytes(file, elf);
        try
        {
            string pins = Path.Combine(_folder, "programs");
            (int code, string output, string errors) = Tools.TryRun("bpftool", $"prog loadall {file} {pins} pinmaps {Path.Combine(_folder, "maps")}");
            Assert.True(code == 0, errors + output);
            return pins;
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>What bpftool says of a pinned thing.</summary>
    public static string Run(string arguments) => Tools.Run("bpftool", arguments);

    /// <summary>Folder in which the maps are pinned.</summary>
    public string Maps => Path.Combine(_folder, "maps");

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }
}
