using Headrace.Bytecode;

namespace Headrace.Cli.Runs;

/// <summary>Where the demo's program and rules are: beside the command, as the build puts them there.</summary>
internal static class DemoFiles
{
    public static string Folder()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "programs");
        return File.Exists(Path.Combine(folder, "firewall.bpf.o"))
            ? folder
            : throw new HeadraceException($"the demo's program is not in {folder}: build the command again");
    }
}
