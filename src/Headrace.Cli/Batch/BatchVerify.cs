using System.Diagnostics;
using System.Text.Json;
using Headrace.Verifier;

namespace Headrace.Cli.Batch;

/// <summary><c>headrace verify --batch</c>: the verdict on raw programs.</summary>
internal static class BatchVerify
{
    /// <summary>Answers every row.</summary>
    public static int Run(string path, Terminal terminal)
    {
        BatchFile.Answer(path, terminal, Answer);
        return ExitCode.Done;
    }

    private static void Answer(BatchRow row, Utf8JsonWriter json)
    {
        long start = Stopwatch.GetTimestamp();
        VerifierResult result = ProgramVerifier.Verify(row.Spec, row.Spec.Programs[0]);
        json.WriteString("verdict", result.IsAccepted ? "accept" : "reject");
        json.WriteString("err_line", result.LastLine);
        json.WriteNumber("insn", result.Instruction);
        json.WriteNumber("processed", result.Processed);
        json.WriteNumber("verify_usec", (long)Stopwatch.GetElapsedTime(start).TotalMicroseconds);
    }
}
