using System.Text.Encodings.Web;
using System.Text.Json;

namespace Headrace.Cli.Verification;

/// <summary>Writes verdicts for people and for scripts.</summary>
internal static class VerifyRenderer
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One JSON array, an object a program.</summary>
    public static void WriteJson(IReadOnlyList<VerifyReport> reports, TextWriter output)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            json.WriteStartArray();
            foreach (VerifyReport report in reports)
            {
                json.WriteStartObject();
                json.WriteString("program", report.Program.Name);
                json.WriteBoolean("accepted", report.Result.IsAccepted);
                json.WriteNumber("insn", report.Result.Instruction);
                json.WriteString("error", report.Result.Error);
                json.WriteNumber("processed", report.Result.Processed);
                json.WriteNumber("verifyUsec", report.Microseconds);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        output.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    /// <summary>The log of each program, its verdict behind it, and the explanation where one is asked for.</summary>
    public static void WriteText(string path, IReadOnlyList<VerifyReport> reports, bool explain, TextWriter output)
    {
        foreach (VerifyReport report in reports)
        {
            output.Write(report.Result.Log);
            output.WriteLine(report.Result.IsAccepted
                ? $"{path}: program '{report.Program.Name}' is accepted ({report.Result.Processed} instructions processed, {report.Microseconds} us)"
                : $"{path}: program '{report.Program.Name}' is refused{Where(report)}");
            if (explain && report.Result.Explanation is { } explanation)
                output.Write(explanation);
        }
    }

    private static string Where(VerifyReport report)
    {
        if (report.Result.Instruction < 0)
            return "";
        string line = report.Program.LineAt(report.Result.Instruction) is { } source ? $" ({Path.GetFileName(source.File)}:{source.Line}: `{source.Text.Trim()}`)" : "";
        return $" at instruction {report.Result.Instruction}{line}";
    }
}
