using System.Globalization;

namespace Headrace.Bench;

/// <summary>Hugepages taken from the system for a measurement, and given back with it.</summary>
internal sealed class HugePages : IDisposable
{
    private const string Setting = "/proc/sys/vm/nr_hugepages";

    private readonly string _before;

    private HugePages(string before)
    {
        _before = before;
        // Also where the process is told to end in the middle.
        AppDomain.CurrentDomain.ProcessExit += GiveBack;
    }

    /// <summary>Takes so many on top of those there are; null, with nothing changed, where they cannot be had.</summary>
    public static HugePages? TryTake(int count, out string reason)
    {
        try
        {
            string before = File.ReadAllText(Setting).Trim();
            var taken = new HugePages(before);
            int wanted = int.Parse(before, CultureInfo.InvariantCulture) + count;
            File.WriteAllText(Setting, wanted.ToString(CultureInfo.InvariantCulture));
            int there = int.Parse(File.ReadAllText(Setting), CultureInfo.InvariantCulture);
            reason = $"the system gives {there} of {wanted} hugepages";
            if (there >= wanted)
                return taken;
            taken.Dispose();
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            reason = $"no hugepages: {error.Message}";
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= GiveBack;
        GiveBack(null, EventArgs.Empty);
    }

    private void GiveBack(object? sender, EventArgs arguments) => File.WriteAllText(Setting, _before);
}
