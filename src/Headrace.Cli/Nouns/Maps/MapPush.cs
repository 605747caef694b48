using Headrace.Linux;

namespace Headrace.Cli.Nouns.Maps;

/// <summary><c>map push</c>, <c>map enqueue</c>: adds to a stack or queue.</summary>
internal sealed class MapPush() : KernelAction("push", "enqueue")
{
    public override IReadOnlyList<string> Forms => ["push MAP value [hex] BYTES", "enqueue MAP value [hex] BYTES"];

    public override int Run(Keywords words, Answer answer)
    {
        using KernelMap map = MapChoices.ReadOne(words);
        MapWords.ReadValueAndUpdate(words, map, MapWords.ReadKey(words, map));
        answer.Done();
        return ExitCode.Done;
    }
}
