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

    private static bool IsStatistics(string line) =>
        line.StartsWith("processed ", StringComparison.Ordinal)
        || line.StartsWith("verification time ", StringComparison.Ordinal)
        || line.StartsWith("stack depth ", StringComparison.Ordinal)
        || line.StartsWith("mark_precise: ", StringComparison.Ordinal);
}
