using System.Globalization;

namespace Headrace.Bench;

/// <summary>Several measurements of the same thing.</summary>
internal static class Figures
{
    /// <summary>The one in the middle.</summary>
    public static double Median(List<double> figures) => figures.Order().ElementAt(figures.Count / 2);

    /// <summary>All of them, from the least on.</summary>
    public static string Text(List<double> figures) => string.Join(' ', figures.Order().Select(figure => figure.ToString("F1", CultureInfo.InvariantCulture)));
}
