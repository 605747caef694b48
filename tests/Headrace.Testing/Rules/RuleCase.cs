namespace Headrace.Testing.Rules;

/// <summary>A small program and what the verifier says of it.</summary>
/// <param name="Name">Which rule it tries.</param>
/// <param name="Text">The program, in assembler.</param>
/// <param name="Refusal">Last line of the refusal; empty when it is accepted.</param>
public sealed record RuleCase(string Name, string Text, string Refusal)
{
    /// <summary>Reads the cases of a file in tests/Headrace.Testing/Rules.</summary>
    public static IEnumerable<RuleCase> Read(string file)
    {
        string name = "", text = "";
        foreach (string line in File.ReadLines(Path.Combine(Repository.Root, "tests", "Headrace.Testing", "Rules", file)))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
                (name, text) = (line[3..], "");
            else if (line.StartsWith("=>", StringComparison.Ordinal))
                yield return new RuleCase(name, text, line[2..].Trim());
            else if (!line.StartsWith('#'))
                text += line + "\n";
        }
    }
}
