using Headrace.Linux;

namespace Headrace.Cli.Nouns.Programs;

/// <summary><c>prog tracelog</c>: what programs print, as it comes, until the command is stopped.</summary>
internal sealed class ProgTracelog() : KernelAction("tracelog")
{
    public override IReadOnlyList<string> Forms => ["tracelog"];

    public override int Run(Keywords words, Answer answer)
    {
        words.End();
        using TracePipe pipe = TracePipe.Open(answer.MayMount);
        if (!answer.Json)
        {
            foreach (string line in pipe.Lines())
            {
                answer.Out.WriteLine(line);
                answer.Out.Flush();
            }
            return ExitCode.Done;
        }
        // A line a document: an array would only be whole when nobody reads it any more.
        foreach (string line in pipe.Lines())
        {
            answer.WriteJson(json => json.WriteStringValue(line));
            answer.Out.Flush();
        }
        return ExitCode.Done;
    }
}
