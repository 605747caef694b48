using System.Globalization;

namespace Headrace.Linux;

/// <summary>The processors the kernel keeps per-CPU values for.</summary>
public static class Processors
{
    /// <summary>Number of processors that can ever be present: how many values an element of a per-CPU map has.</summary>
    public static int Possible { get; } = CountPossible();

    private static int CountPossible()
    {
        // "0-3,8-11": per-CPU values stand for every number up to the highest.
        string text = File.ReadAllText("/sys/devices/system/cpu/possible").Trim();
        string last = text[(text.LastIndexOfAny([',', '-']) + 1)..];
        return int.Parse(last, CultureInfo.InvariantCulture) + 1;
    }
}
