using Headrace.Linux.Tests;
using Headrace.Testing;

namespace Headrace.Cli.Tests.Nouns;

/// <summary>Programs and maps that our command loaded and pinned, for one test: <c>firewall</c> and its maps, and what tests add.</summary>
internal sealed class KernelObjects : IDisposable
{
    private readonly BpfMount _mount;

    public KernelObjects()
    {
        Assert.SkipUnless(Headrace.Linux.Kernel.IsAvailable(out string reason), reason);
        _mount = new BpfMount();
        try
        {
            Load("firewall");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>A path in the test's own bpf file system.</summary>
    public string this[string name] => _mount[name];

    /// <summary>Loads an object of <c>programs/</c>: its programs are pinned in the folder of its name, its maps in the folder <c>NAME-maps</c>.</summary>
    public void Load(string name) => Ours("prog", "loadall", Path.Combine(Repository.Programs, $"{name}.bpf.o"), this[name], "pinmaps", this[name + "-maps"]);

    /// <summary>Runs our command, which must succeed.</summary>
    /// <returns>What it wrote to standard output.</returns>
    public static string Ours(params string[] arguments)
    {
        (int code, string output, string error) = Shell.Run(arguments);
        Assert.True(code == 0, $"headrace {string.Join(' ', arguments)} ended with {code}: {error}{output}");
        return output;
    }

    public void Dispose() => _mount.Dispose();
}
