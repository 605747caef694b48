using System.Globalization;

namespace Headrace.Bench;

/// <summary>Rows as a table for people.</summary>
public static class BenchmarkTable
{
    /// <summary>Writes rows in aligned columns.</summary>
    public static void Write(TextWriter writer, IReadOnlyList<BenchmarkRow> rows)
    {
        int width = rows.Max(row => row.Name.Length);
        writer.WriteLine($"{"".PadRight(width)}      ours      peer  unit     ours/peer");
        foreach (BenchmarkRow row in rows)
            writer.WriteLine($"{row.Name.PadRight(width)}  {Figure(row.Ours),8}  {Figure(row.Peer),8}  {row.Unit,-7}  {Figure(row.Ratio),9}");
    }

    private static string Figure(double? figure) => figure?.ToString(figure >= 100 ? "F0" : "F2", CultureInfo.InvariantCulture) ?? "-";
}
