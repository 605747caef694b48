namespace Headrace.Ports;

/// <summary>The words behind <c>dpdk:</c>: our own first, a device and key=value, then EAL's options from the first that begins with '-'.</summary>
internal sealed class DpdkArguments
{
    private DpdkArguments(string? device, int queues, int ring, string[] eal) => (Device, Queues, Ring, Eal) = (device, queues, ring, eal);

    /// <summary>The device's name; null for the next one that no port has.</summary>
    public string? Device { get; }

    /// <summary>Queues wanted; 0 for one a worker.</summary>
    public int Queues { get; }

    /// <summary>Descriptors of a ring.</summary>
    public int Ring { get; }

    /// <summary>EAL's options.</summary>
    public IReadOnlyList<string> Eal { get; }

    /// <summary>Reads them.</summary>
    /// <exception cref="PortException">A word of ours is not known.</exception>
    public static DpdkArguments Parse(PortSpec spec)
    {
        string[] words = spec.Arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int ours = Array.FindIndex(words, word => word[0] == '-') is >= 0 and var first ? first : words.Length;
        string? device = null;
        int queues = 0, ring = 512;
        foreach (string word in words.AsSpan(0, ours))
        {
            if (word.StartsWith("queues=", StringComparison.Ordinal))
                queues = Number(spec, word, 1, 256);
            else if (word.StartsWith("ring=", StringComparison.Ordinal))
                ring = Number(spec, word, 32, 32768);
            else if (device is null)
                device = word;
            else
                throw spec.Fail($"'{word}': before EAL's options there are a device's name, queues=N and ring=N");
        }
        return new DpdkArguments(device, queues, ring, words[ours..]);
    }

    /// <summary>The options to start EAL with: those given, and what a process among others needs.</summary>
    public string[] ForStart()
    {
        List<string> all = ["headrace", .. Eal];
        // Lcore threads sleep; workers are threads of our own, so EAL's shall not be pinned to one processor each.
        if (!Has("-l", "-c", "--lcores"))
            all.Add($"--lcores=0@(0-{Environment.ProcessorCount - 1})");
        // Nothing of ours is for other processes to share, and hugepages shall not outlive this one.
        if (!Has("--file-prefix", "--proc-type", "--in-memory", "--no-shconf"))
            all.Add(Has("--no-huge") ? "--no-shconf" : "--in-memory");
        if (!Has("--no-telemetry", "--telemetry"))
            all.Add("--no-telemetry");
        return [.. all];

        bool Has(params ReadOnlySpan<string> names)
        {
            foreach (string name in names)
            {
                if (Eal.Any(word => word == name || word.StartsWith(name + "=", StringComparison.Ordinal) || (name.Length == 2 && word.StartsWith(name, StringComparison.Ordinal))))
                    return true;
            }
            return false;
        }
    }

    private static int Number(PortSpec spec, string word, int minimum, int maximum) =>
        int.TryParse(word.AsSpan(word.IndexOf('=', StringComparison.Ordinal) + 1), out int number) && number >= minimum && number <= maximum
            ? number
            : throw spec.Fail($"'{word}': a whole number from {minimum} to {maximum} is wanted");
}
