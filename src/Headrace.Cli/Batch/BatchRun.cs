using System.Text.Json;
using Headrace.Bytecode;
using Headrace.Cli.Runs;
using Headrace.Engine;
using Headrace.Linux;
using Headrace.Verifier;

namespace Headrace.Cli.Batch;

/// <summary><c>headrace run --batch</c>: raw programs with fresh maps each, their packets in order.</summary>
internal static class BatchRun
{
    /// <summary>Answers every row.</summary>
    /// <param name="path">The batch file.</param>
    /// <param name="kind">The engine; null for the kernel.</param>
    /// <param name="unverified">True to run what the verifier would refuse.</param>
    /// <param name="terminal">Where the answers go.</param>
    public static int Run(string path, EngineKind? kind, bool unverified, Terminal terminal)
    {
        BatchFile.Answer(path, terminal, (row, json) => Answer(row, kind, unverified, json));
        return ExitCode.Done;
    }

    private static void Answer(BatchRow row, EngineKind? kind, bool unverified, Utf8JsonWriter json)
    {
        ISession session;
        try
        {
            session = kind is { } ours ? new UserSession(row.Spec, BatchRow.ProgramName, ours, unverified: unverified) : new KernelSession(row.Spec, BatchRow.ProgramName);
        }
        catch (HeadraceException error)
        {
            Verdict(json, "reject", error);
            return;
        }
        using (session)
        {
            var runs = new List<(uint Value, string Out)>();
            HeadraceException? fault = null;
            foreach (byte[] packet in row.Runs)
            {
                try
                {
                    runs.Add(RunOnce(session, packet, row.Spec.Programs[0].Type));
                }
                catch (HeadraceException error)
                {
                    fault = error;
                    break;
                }
            }
            Verdict(json, fault is null ? "accept" : "reject", fault);
            json.WriteStartArray("runs");
            foreach ((uint value, string output) in runs)
            {
                json.WriteStartObject();
                json.WriteNumber("retval", value);
                json.WriteString("out", output);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
    }

    private static unsafe (uint Value, string Out) RunOnce(ISession session, byte[] packet, ProgramType type)
    {
        using var burst = new PacketBurst(1, type != ProgramType.Xdp);
        burst.Add(packet);
        session.Engine.Run(burst);
        return (burst.Frames[0].Verdict, burst[0].SequenceEqual(packet) ? "same" : Convert.ToHexStringLower(burst[0]));
    }

    // The last line of the log where there is one, as err_line is defined; else the first line, which says what went wrong.
    private static string LineOf(HeadraceException error)
    {
        // Advice wraps the kernel's refusal.
        if ((error as KernelException ?? error.InnerException as KernelException) is { ErrorLine: { Length: > 0 } reason })
            return reason;
        if (error is VerificationException refusal)
            return refusal.LastLine;
        int end = error.Message.AsSpan().IndexOfAny('\r', '\n');
        return end < 0 ? error.Message : error.Message[..end];
    }

    private static void Verdict(Utf8JsonWriter json, string verdict, HeadraceException? error)
    {
        json.WriteString("verdict", verdict);
        json.WriteString("err_line", error is null ? "" : LineOf(error));
    }
}
