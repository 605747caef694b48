namespace Headrace.Testing;

/// <summary>Where a test finds the repository and what lies beside it.</summary>
public static class Repository
{
    /// <summary>The folder of <c>Headrace.slnx</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The packet programs in C and their objects.</summary>
    public static string Programs => Path.Combine(Root, "programs");

    /// <summary>Every committed object, sorted by name.</summary>
    public static IReadOnlyList<string> ProgramObjects { get; } =
        Directory.Exists(Programs) ? [.. Directory.GetFiles(Programs, "*.bpf.o", SearchOption.AllDirectories).Order(StringComparer.Ordinal)] : [];

    private static string FindRoot()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Headrace.slnx")))
                return folder;
        }
        throw new DirectoryNotFoundException("Headrace.slnx is in no folder above " + AppContext.BaseDirectory);
    }
}
