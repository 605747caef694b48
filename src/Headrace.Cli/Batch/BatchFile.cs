using System.Text.Encodings.Web;
using System.Text.Json;
using Headrace.Bytecode;

namespace Headrace.Cli.Batch;

/// <summary>Goes through a batch file row by row and writes an answer a row, in order; a row that cannot be read is answered as an error.</summary>
internal static class BatchFile
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers every row of a file.</summary>
    /// <param name="path">A JSON document a line; <c>-</c> for standard input.</param>
    /// <param name="terminal">Where the answers go.</param>
    /// <param name="answer">Writes the members of a row's answer besides <c>id</c>.</param>
    public static void Answer(string path, Terminal terminal, Action<BatchRow, Utf8JsonWriter> answer)
    {
        using TextReader reader = path == "-" ? terminal.In : new StreamReader(path);
        using var buffer = new MemoryStream();
        using var json = new Utf8JsonWriter(buffer, s_options);
        foreach (string line in InputText.Lines(reader, path))
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            AnswerRow(line, json, buffer, answer);
            terminal.Out.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
        }
    }

    private static void AnswerRow(string line, Utf8JsonWriter json, MemoryStream buffer, Action<BatchRow, Utf8JsonWriter> answer)
    {
        JsonElement id = default;
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            id = BatchRow.IdOf(document.RootElement).ValueKind == JsonValueKind.Undefined ? default : BatchRow.IdOf(document.RootElement).Clone();
            BatchRow row = Read(document.RootElement);
            Begin(json, buffer, id);
            answer(row, json);
        }
        catch (Exception error) when (error is JsonException or HeadraceException)
        {
            Begin(json, buffer, id);
            json.WriteString("verdict", "error");
            json.WriteString("err_line", error.Message);
        }
        json.WriteEndObject();
        json.Flush();
    }

    private static BatchRow Read(JsonElement row)
    {
        try
        {
            return BatchRow.Read(row);
        }
        catch (InvalidOperationException error)
        {
            // What the JSON reader says of text with half a surrogate pair, which only shows when the text is asked for.
            throw new HeadraceException($"the row has text that is no Unicode: {error.Message}", error);
        }
    }

    private static void Begin(Utf8JsonWriter json, MemoryStream buffer, JsonElement id)
    {
        buffer.SetLength(0);
        json.Reset(buffer);
        json.WriteStartObject();
        json.WritePropertyName("id");
        if (id.ValueKind == JsonValueKind.Undefined)
            json.WriteNullValue();
        else
            json.WriteRawValue(id.GetRawText());
    }
}
