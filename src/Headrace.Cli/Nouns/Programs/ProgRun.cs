using System.Text;
using System.Text.Json;
using Headrace.Bytecode;
using Headrace.Linux;

namespace Headrace.Cli.Nouns.Programs;

/// <summary><c>prog run</c>: a test run in the kernel, on bytes from files.</summary>
internal sealed class ProgRun() : KernelAction("run")
{
    private const int MaxInput = 1 << 20;

    public override IReadOnlyList<string> Forms =>
        ["run PROG data_in FILE [data_out FILE [data_size_out N]] [ctx_in FILE [ctx_out FILE [ctx_size_out N]]] [repeat N]"];

    public override int Run(Keywords words, Answer answer)
    {
        using KernelProgram program = ProgramChoices.ReadOne(words);
        string? dataIn = null, dataOut = null, contextIn = null, contextOut = null;
        int repeat = 1, dataSize = int.MaxValue, contextSize = int.MaxValue;
        while (!words.IsEmpty)
        {
            switch (words.AcceptAny("data_in", "data_out", "data_size_out", "ctx_in", "ctx_out", "ctx_size_out", "repeat"))
            {
                case "data_in":
                    dataIn = words.Next("data_in");
                    break;
                case "data_out":
                    dataOut = words.Next("data_out");
                    break;
                case "data_size_out":
                    dataSize = (int)words.Number("data_size_out", int.MaxValue);
                    break;
                case "ctx_in":
                    contextIn = words.Next("ctx_in");
                    break;
                case "ctx_out":
                    contextOut = words.Next("ctx_out");
                    break;
                case "ctx_size_out":
                    contextSize = (int)words.Number("ctx_size_out", int.MaxValue);
                    break;
                case "repeat":
                    repeat = (int)words.Number("repeat", int.MaxValue);
                    break;
                default:
                    words.End();
                    break;
            }
        }
        if (dataIn is null && contextIn is null)
            throw new UsageException("data_in is missing: the file that holds the packet (or ctx_in for programs without one)");
        if (dataIn == "-" && contextIn == "-")
            throw new UsageException("data_in and ctx_in cannot both be standard input");
        TestRunResult result = program.TestRun(Read(dataIn), Math.Max(repeat, 1), Read(contextIn));
        byte[] data = Output(result.Packet, dataSize, "data_size_out"), context = Output(result.Context, contextSize, "ctx_size_out");
        Save(dataOut, data);
        Save(contextOut, context);
        answer.Write(
            json =>
            {
                json.WriteStartObject();
                if (dataOut == "-")
                    WriteNumbers(json, "data_out", data);
                if (contextOut == "-")
                    WriteNumbers(json, "ctx_out", context);
                json.WriteNumber("retval", result.ReturnValue);
                json.WriteNumber("duration", result.NanosecondsPerRun);
                json.WriteEndObject();
            },
            output =>
            {
                if (dataOut == "-")
                    WriteLines(output, data);
                if (contextOut == "-")
                    WriteLines(output, context);
                output.WriteLine($"Return value: {result.ReturnValue}, duration{(repeat > 1 ? " (average)" : "")}: {result.NanosecondsPerRun}ns");
            });
        return ExitCode.Done;
    }

    private static byte[] Read(string? file)
    {
        if (file is null)
            return [];
        using Stream stream = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
        byte[] bytes = new byte[MaxInput + 1];
        int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length <= MaxInput ? bytes[..length] : throw new HeadraceException($"{file}: more than {MaxInput} bytes, the limit of a test run's input");
    }

    private static byte[] Output(byte[] bytes, int most, string keyword) => bytes.Length <= most
        ? bytes
        : throw new HeadraceException($"{keyword} {most}: {bytes.Length} bytes came out");

    private static void Save(string? file, byte[] bytes)
    {
        if (file is not null and not "-")
            File.WriteAllBytes(file, bytes);
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, byte[] bytes)
    {
        json.WriteStartArray(name);
        foreach (byte one in bytes)
            json.WriteNumberValue(one);
        json.WriteEndArray();
    }

    private static void WriteLines(TextWriter output, byte[] bytes)
    {
        const int Row = 16;
        for (int at = 0; at < bytes.Length; at += Row)
        {
            var numbers = new StringBuilder();
            var letters = new StringBuilder();
            for (int i = at; i < Math.Min(at + Row, bytes.Length); i++)
            {
                numbers.Append(i > at && i % 2 == 0 ? " " : "").Append(Convert.ToHexStringLower(bytes, i, 1));
                letters.Append(i > at && i % 8 == 0 ? " " : "").Append(bytes[i] is >= (byte)' ' and <= (byte)'~' ? (char)bytes[i] : '.');
            }
            output.WriteLine($"{at:x7}\t{numbers,-39} | {letters}");
        }
    }
}
