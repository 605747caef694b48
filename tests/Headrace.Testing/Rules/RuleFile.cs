using System.Globalization;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Testing.Rules;

/// <summary>Reads a file of rules' cases; README.md beside them describes the language.</summary>
internal sealed class RuleFile(string file)
{
    private readonly Dictionary<string, string> _fragments = new(StringComparer.Ordinal);
    private RuleSettings _fileSettings = new();
    private RuleSettings _settings = new();
    private string _name = "";
    private string[] _parameters = [];
    private readonly List<string> _text = [];

    public IEnumerable<RuleCase> Read()
    {
        bool inRule = false;
        int number = 0;
        foreach (string line in System.IO.File.ReadLines(Path.Combine(RuleCase.Folder, file)))
        {
            number++;
            if (line.Length == 0 || (line[0] == '#' && !line.StartsWith("## ", StringComparison.Ordinal)))
                continue;
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                (_name, _settings, _parameters, inRule) = (line[3..].Trim(), _fileSettings, [], true);
                _text.Clear();
            }
            else if (line[0] == '@')
            {
                ReadDirective(line, inRule, number);
            }
            else if (line.StartsWith("=>", StringComparison.Ordinal))
            {
                inRule = false;
                yield return Make(number, [], line[2..]);
            }
            else if (line.StartsWith("- ", StringComparison.Ordinal))
            {
                inRule = false;
                int arrow = line.LastIndexOf("=>", StringComparison.Ordinal);
                if (arrow < 0)
                    throw Error(number, "a row has no '=>'");
                yield return Make(number, line[2..arrow].Split(" | ", StringSplitOptions.TrimEntries), line[(arrow + 2)..]);
            }
            else
            {
                _text.Add(line);
            }
        }
    }

    private void ReadDirective(string line, bool inRule, int number)
    {
        string[] words = line[1..].Split(' ', 2, StringSplitOptions.TrimEntries);
        string rest = words.Length > 1 ? words[1] : "";
        switch (words[0])
        {
            case "let":
                int equals = rest.IndexOf(" = ", StringComparison.Ordinal);
                _fragments[rest[..equals].Trim()] = rest[(equals + 3)..];
                return;
            case "each" when inRule:
                _parameters = rest.Split(" | ", StringSplitOptions.TrimEntries);
                return;
            default:
                RuleSettings settings = (inRule ? _settings : _fileSettings).With(words[0], rest) ?? throw Error(number, $"unknown directive '{line}'");
                (_fileSettings, _settings) = inRule ? (_fileSettings, settings) : (settings, settings);
                return;
        }
    }

    private RuleCase Make(int line, string[] values, string expectation)
    {
        if (values.Length != _parameters.Length)
            throw Error(line, $"{values.Length} values for {_parameters.Length} parameters");
        string refusal = expectation.Trim();
        bool verdictOnly = refusal.StartsWith("~ ", StringComparison.Ordinal);
        string name = values.Length == 0 || _name.Contains('{') ? Fill(_name, values) : $"{_name} ({string.Join(", ", values)})";
        string[] lines = [.. _text.SelectMany(text => Fill(text, values).Split(" ; ", StringSplitOptions.TrimEntries))];
        RuleSettings settings = _settings.Fill(text => Fill(text, values));
        try
        {
            (ProgramSpec program, Btf? types) = RuleProgram.Build(settings, lines);
            return new RuleCase(file, line, name, program, types, verdictOnly ? refusal[2..] : refusal, verdictOnly);
        }
        catch (HeadraceException error)
        {
            throw Error(line, $"{name}: {error.Message}");
        }
    }

    // Fragments may hold other fragments and parameters.
    private string Fill(string text, string[] values)
    {
        for (int round = 0; round < 4 && text.Contains('{'); round++)
        {
            foreach ((string name, string fragment) in _fragments)
                text = text.Replace("{" + name + "}", fragment, StringComparison.Ordinal);
            for (int i = 0; i < values.Length; i++)
                text = text.Replace("{" + _parameters[i] + "}", values[i], StringComparison.Ordinal);
        }
        return text;
    }

    private FormatException Error(int line, string message) => new(string.Create(CultureInfo.InvariantCulture, $"{file}:{line}: {message}"));
}
