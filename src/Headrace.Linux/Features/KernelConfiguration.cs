using System.IO.Compression;
using System.Text;

namespace Headrace.Linux;

/// <summary>How the running kernel was built: its <c>CONFIG_</c> options, from <c>/proc/config.gz</c> or <c>/boot</c>.</summary>
public static class KernelConfiguration
{
    /// <summary>The options that are set, by name: <c>y</c>, <c>m</c>, a number or a text without quotes. Null when the kernel's configuration is nowhere to be found.</summary>
    public static IReadOnlyDictionary<string, string>? Read()
    {
        string release = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        foreach (string path in (string[])["/proc/config.gz", $"/boot/config-{release}"])
        {
            if (File.Exists(path))
                return Read(path);
        }
        return null;
    }

    private static Dictionary<string, string> Read(string path)
    {
        using Stream file = File.OpenRead(path);
        using Stream text = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(text, Encoding.UTF8);
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && line.StartsWith("CONFIG_", StringComparison.Ordinal))
                options[line[..equals]] = line[(equals + 1)..].Trim('"');
        }
        return options;
    }
}
