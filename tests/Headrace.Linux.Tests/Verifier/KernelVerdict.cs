using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Verifier;

/// <summary>What the kernel's verifier says of a program.</summary>
/// <param name="IsAccepted">True when it loads.</param>
/// <param name="Message">The last line of the log before its statistics: the reason of a refusal.</param>
/// <param name="Log">All of the log.</param>
internal sealed record KernelVerdict(bool IsAccepted, string Message, string Log)
{
    public static KernelVerdict Of(ProgramType type, Instruction[] code, AttachType attachType = default, IReadOnlyList<KernelMap>? maps = null,
        string license = "GPL", int logLevel = 1, KernelBtf? btf = null)
    {
        var spec = new ProgramSpec
        {
            Name = "trial",
            Type = type,
            ExpectedAttachType = attachType,
            License = license,
            Instructions = code,
            Flags = ProgramFlags.None,
        };
        try
        {
            using KernelProgram program = KernelProgram.Load(spec, maps ?? [], btf, logLevel: logLevel);
            return new KernelVerdict(true, "", program.Log);
        }
        catch (KernelException refusal) when (refusal.Log.Length > 0)
        {
            return new KernelVerdict(false, LastMessage(refusal.Log), refusal.Log);
        }
    }

    /// <summary>The last line of a log that is no statistics.</summary>
    public static string LastMessage(string log)
    {
        string last = "";
        foreach (string line in log.Split('\n'))
        {
            // One message of the kernel ends without a line feed: the statistics follow it on its line.
            int statistics = line.IndexOf("processed ", StringComparison.Ordinal);
            string message = statistics >= 0 ? line[..statistics] : line;
            if (message.Length > 0 && !message.StartsWith("verification time", StringComparison.Ordinal) && !message.StartsWith("stack depth", StringComparison.Ordinal))
                last = message;
        }
        return last;
    }
}
