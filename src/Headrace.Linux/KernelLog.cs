using System.Globalization;
using Headrace.Objects;

namespace Headrace.Linux;

/// <summary>Reads the log that the kernel's verifier writes.</summary>
internal static class KernelLog
{
    private const int TailLines = 6;

    /// <summary>The last lines that tell why, indented for a message; statistics left out.</summary>
    public static string Tail(string log)
    {
        string[] lines = [.. log.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0 && !IsStatistics(line))];
        return string.Join(Environment.NewLine, lines.TakeLast(TailLines).Select(line => "  " + line));
    }

    /// <summary>The last line that is no statistics: why the program was refused.</summary>
    public static string ErrorLine(string log) =>
        log.Split('\n').Select(line => line.Trim()).LastOrDefault(line => line.Length > 0 && !IsStatistics(line)) ?? "";

    /// <summary>The instruction the log ends at: its last line that starts with a slot and a colon; null when there is none.</summary>
    public static KernelRejection? Rejection(string log, ProgramSpec program)
    {
        foreach (string line in log.Split('\n').Reverse())
        {
            int colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (colon > 0 && int.TryParse(line.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out int slot))
                return slot < program.Instructions.Length ? new KernelRejection(slot, program.LineAt(slot)) : null;
        }
        return null;
    }

    private static bool IsStatistics(string line) =>
        line.StartsWith("processed ", StringComparison.Ordinal)
        || line.StartsWith("verification time ", StringComparison.Ordinal)
        || line.StartsWith("stack depth ", StringComparison.Ordinal)
        || line.StartsWith("mark_precise: ", StringComparison.Ordinal);
}
