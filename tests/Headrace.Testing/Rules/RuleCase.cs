using Headrace.Objects;

namespace Headrace.Testing.Rules;

/// <summary>A small program and what the verifier says of it.</summary>
/// <param name="File">The file in tests/Headrace.Testing/Rules.</param>
/// <param name="Line">The line its expectation stands in, from 1.</param>
/// <param name="Name">Which rule it tries, and with which values.</param>
/// <param name="Program">The program; its maps are <see cref="RuleMaps.All"/>.</param>
/// <param name="Types">The types of its functions; null when it needs none.</param>
/// <param name="Refusal">The refusal, its lines joined by slashes; empty when it is accepted.</param>
/// <param name="IsVerdictOnly">True where Headrace refuses as well, in other words.</param>
public sealed record RuleCase(string File, int Line, string Name, ProgramSpec Program, Btf? Types, string Refusal, bool IsVerdictOnly)
{
    // What a log holds beside messages.
    private static readonly string[] s_narration = ["processed ", "verification time ", "stack depth ", "Validating ", "Func#"];

    /// <summary>The folder of the files.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "Headrace.Testing", "Rules");

    /// <summary>The names of the files.</summary>
    public static IReadOnlyList<string> Files { get; } =
        [.. Directory.GetFiles(Folder, "*.txt").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    /// <summary>Reads the cases of a file.</summary>
    public static IEnumerable<RuleCase> Read(string file) => new RuleFile(file).Read();

    /// <summary>The program in a collection of its own, with all the maps.</summary>
    public CollectionSpec ToCollection()
    {
        var collection = new CollectionSpec { Source = File, Types = Types };
        foreach (MapSpec map in RuleMaps.All)
            collection.Maps.Add(map);
        collection.Programs.Add(Program);
        return collection;
    }

    /// <summary>The refusal as files hold it, from the lines of a log of level 4 (statistics only).</summary>
    /// <remarks>One message of the kernel ends without a line feed: the statistics follow it on its line.</remarks>
    public static string RefusalOf(string log)
    {
        var lines = new List<string>();
        foreach (string line in log.Split('\n'))
        {
            int end = Array.ConvertAll(s_narration, text => line.IndexOf(text, StringComparison.Ordinal)).Append(line.Length).Where(at => at >= 0).Min();
            string message = line[..end].Trim();
            if (message.Length > 0)
                lines.Add(message);
        }
        return string.Join(" / ", lines);
    }
}
