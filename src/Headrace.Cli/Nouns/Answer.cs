using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Headrace.Cli.Nouns;

/// <summary>Where an action of <c>prog</c>, <c>map</c> and their likes puts its answer: text for people, or one JSON document.</summary>
/// <param name="Terminal">Standard streams.</param>
/// <param name="Json">True for JSON.</param>
/// <param name="Pretty">True for JSON with line breaks.</param>
/// <param name="WithPins">True when the paths of pinned objects are wanted.</param>
/// <param name="Debug">True when the verifier's log is wanted.</param>
/// <param name="MayMount">False when no file system may be mounted.</param>
/// <param name="BaseTypes">A file with the types that others build upon; null for the kernel's.</param>
internal sealed record Answer(Terminal Terminal, bool Json, bool Pretty, bool WithPins, bool Debug, bool MayMount, string? BaseTypes)
{
    private const int Piece = 1 << 20;

    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>Standard output.</summary>
    public TextWriter Out => Terminal.Out;

    /// <summary>Writes the answer in the form that is asked for.</summary>
    public void Write(Action<Utf8JsonWriter> json, Action<TextWriter> text)
    {
        if (Json)
            WriteJson(json);
        else
            text(Out);
    }

    /// <summary>Writes a JSON document.</summary>
    public void WriteJson(Action<Utf8JsonWriter> write)
    {
        using var writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Indented = Pretty,
            SkipValidation = true, // long documents; tests read what comes out
            IndentSize = 4,
        });
        write(writer);
        writer.Flush();
        Drain();
        Out.WriteLine();
    }

    /// <summary>Writes what is shown of some objects.</summary>
    /// <param name="records">The objects.</param>
    /// <param name="chosen">True when they were asked for by name or number: one of them is then an object in JSON, not a list of one.</param>
    public void WriteRecords(IReadOnlyList<IRecord> records, bool chosen)
    {
        if (!Json)
        {
            foreach (IRecord record in records)
                record.WriteText(Out);
            return;
        }
        WriteJson(json =>
        {
            bool list = !chosen || records.Count != 1;
            if (list)
                json.WriteStartArray();
            foreach (IRecord record in records)
                record.WriteJson(json);
            if (list)
                json.WriteEndArray();
        });
    }

    /// <summary>Between two parts of a long document: passes on what is there, so that it does not pile up.</summary>
    public void Relieve(Utf8JsonWriter writer)
    {
        if (_buffer.WrittenCount + writer.BytesPending < Piece)
            return;
        writer.Flush();
        Drain();
    }

    /// <summary>The work is done and there is nothing to tell.</summary>
    public void Done()
    {
        if (Json)
            Out.WriteLine("null");
    }

    private void Drain()
    {
        Out.Write(Encoding.UTF8.GetString(_buffer.WrittenSpan));
        _buffer.ResetWrittenCount();
    }
}
