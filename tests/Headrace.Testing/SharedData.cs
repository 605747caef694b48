using Xunit;

namespace Headrace.Testing;

/// <summary>Real captures and tables that lie beside the repository and are never part of it.</summary>
public static class SharedData
{
    /// <summary>The folder, or null when this machine has none. <c>HEADRACE_DATA</c> overrides the place beside the repository.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>The captures, sorted by name; skips the test when there are none.</summary>
    public static IReadOnlyList<string> Captures()
    {
        string folder = Path.Combine(Require(), "pcaps");
        return [.. Directory.GetFiles(folder, "*.pcap*").Order(StringComparer.Ordinal)];
    }

    /// <summary>The folder; skips the test, in words, when it is absent.</summary>
    public static string Require()
    {
        Assert.SkipWhen(Folder is null, "the shared captures are not here: put them beside the repository as ../shared/data or set HEADRACE_DATA");
        return Folder!;
    }

    private static string? Find()
    {
        string folder = Environment.GetEnvironmentVariable("HEADRACE_DATA") ?? Path.Combine(Repository.Root, "..", "shared", "data");
        return Directory.Exists(folder) ? Path.GetFullPath(folder) : null;
    }
}
