using Headrace.Bytecode;

namespace Headrace.Cli.Nouns.Features;

/// <summary><c>feature probe</c>: what this kernel can do.</summary>
internal sealed class FeatureProbe() : KernelAction("probe")
{
    public override IReadOnlyList<string> Forms => ["probe [kernel] [full] [macros [prefix PREFIX]]"];

    public override int Run(Keywords words, Answer answer)
    {
        bool full = false, macros = false;
        string prefix = "";
        while (!words.IsEmpty)
        {
            switch (words.AcceptAny("kernel", "full", "macros", "prefix", "dev", "unprivileged"))
            {
                case "kernel":
                    break;
                case "full":
                    full = true;
                    break;
                case "macros":
                    macros = true;
                    break;
                case "prefix":
                    prefix = words.Next("prefix");
                    break;
                case "dev":
                    throw new UnsupportedFeatureException("feature probe dev", "a device that runs programs itself", "only the kernel is probed here; 'headrace verify --target nfp' judges programs for SmartNICs");
                case "unprivileged":
                    throw new UnsupportedFeatureException("feature probe unprivileged", "to give up capabilities in between", "run the command as the user in question: it says what is missing");
                default:
                    words.End();
                    break;
            }
        }
        if (prefix.Length > 0 && !macros)
            throw new UsageException("prefix: it belongs to macros");
        FeatureReport report = FeatureReport.Probe(full);
        if (macros && !answer.Json)
            report.WriteMacros(answer.Out, prefix);
        else
            answer.Write(report.WriteJson, report.WriteText);
        return ExitCode.Done;
    }
}
