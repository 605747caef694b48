using System.Text.Json;

namespace Headrace.Cli.Nouns;

/// <summary>What is shown of one object, in both forms.</summary>
internal interface IRecord
{
    /// <summary>Writes it as a JSON object with bpftool's keys.</summary>
    void WriteJson(Utf8JsonWriter json);

    /// <summary>Writes it for a person, with the line's end.</summary>
    void WriteText(TextWriter output);
}
