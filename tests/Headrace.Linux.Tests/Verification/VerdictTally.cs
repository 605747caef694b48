using System.Globalization;
using System.Text;
using Headrace.Objects;
using Headrace.Verifier;

namespace Headrace.Linux.Tests.Verification;

/// <summary>Counts how often the verdicts here and in the kernel are the same, and keeps the differences.</summary>
internal sealed class VerdictTally
{
    // Refusals and statistics, without the path: a load is verified once, whatever its verdict (BPF_LOG_STATS).
    private const int StatisticsLevel = 4;

    private readonly Dictionary<string, (int Count, string Example)> _classes = new(StringComparer.Ordinal);

    public int Compared { get; private set; }
    public int KernelAccepts { get; private set; }
    public int KernelRejects { get; private set; }
    public int FalseAccepts { get; private set; }
    public int FalseRejects { get; private set; }
    public int SameMessage { get; private set; }

    /// <summary>Compares one program.</summary>
    /// <param name="spec">Its collection.</param>
    /// <param name="program">The program.</param>
    /// <param name="maps">The collection's maps in the kernel.</param>
    /// <param name="name">How it is found again.</param>
    /// <param name="types">The collection's types in the kernel.</param>
    public void Compare(CollectionSpec spec, ProgramSpec program, IReadOnlyList<KernelMap> maps, string name, KernelBtf? types = null)
    {
        string? refusal = null;
        try
        {
            KernelProgram.Load(program, maps, types, logLevel: StatisticsLevel).Dispose();
        }
        catch (KernelException error)
        {
            refusal = LastMessage(error.Log);
        }
        VerifierResult result = ProgramVerifier.Verify(spec, program);
        Compared++;
        if (refusal is null != result.IsAccepted)
            KeepLogs(spec, program, maps, name, types);
        if (refusal is null)
            KernelAccepts++;
        else
            KernelRejects++;
        if (refusal is null && !result.IsAccepted)
        {
            FalseRejects++;
            Note("false reject: " + result.LastLine, name);
        }
        else if (refusal is not null && result.IsAccepted)
        {
            FalseAccepts++;
            Note("FALSE ACCEPT: " + refusal, name);
        }
        else if (refusal is not null && refusal == result.LastLine)
        {
            SameMessage++;
        }
        else if (refusal is not null)
        {
            Note($"other words: '{refusal}' here '{result.LastLine}'", name);
        }
    }

    /// <summary>The counts, and the most frequent classes of differences.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Compared} compared, kernel accepts {KernelAccepts}, rejects {KernelRejects}; ");
        text.Append(CultureInfo.InvariantCulture, $"false accepts {FalseAccepts}, false rejects {FalseRejects}, same last line {SameMessage}\n");
        foreach ((string key, (int count, string example)) in _classes.OrderByDescending(entry => entry.Value.Count).Take(60))
            text.Append(CultureInfo.InvariantCulture, $"  {count} x {key} [{example}]\n");
        return text.ToString();
    }

    // HEADRACE_LOGS names a folder that takes both logs of each program whose verdicts differ.
    private static void KeepLogs(CollectionSpec spec, ProgramSpec program, IReadOnlyList<KernelMap> maps, string name, KernelBtf? types)
    {
        if (Environment.GetEnvironmentVariable("HEADRACE_LOGS") is not { } folder)
            return;
        string log;
        try
        {
            using KernelProgram loaded = KernelProgram.Load(program, maps, types, logLevel: 2);
            log = loaded.Log;
        }
        catch (KernelException error)
        {
            log = error.Log;
        }
        File.WriteAllText(Path.Combine(folder, $"{name}.kernel"), log);
        File.WriteAllText(Path.Combine(folder, $"{name}.ours"), ProgramVerifier.Verify(spec, program, new VerifierOptions { LogLevel = 2 }).Log.ToString());
    }

    private void Note(string key, string name)
    {
        string kind = System.Text.RegularExpressions.Regex.Replace(key, "-?\\d+", "#");
        (int count, string example) = _classes.GetValueOrDefault(kind);
        _classes[kind] = (count + 1, count == 0 ? $"{name}: {key}" : example);
    }

    internal static string LastMessage(string log)
    {
        string last = "";
        foreach (string line in log.Split('\n'))
        {
            int statistics = line.IndexOf("processed ", StringComparison.Ordinal);
            string message = statistics >= 0 ? line[..statistics] : line;
            if (message.Length > 0 && !message.StartsWith("verification time", StringComparison.Ordinal) && !message.StartsWith("stack depth", StringComparison.Ordinal))
                last = message;
        }
        return last;
    }
}
