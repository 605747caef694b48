using Headrace.Linux;

namespace Headrace.Cli.Nouns.Maps;

/// <summary><c>map freeze</c>: forbids user space to change a map, for good.</summary>
internal sealed class MapFreeze() : KernelAction("freeze")
{
    public override IReadOnlyList<string> Forms => ["freeze MAP"];

    public override int Run(Keywords words, Answer answer)
    {
        using KernelMap map = MapChoices.ReadOne(words);
        words.End();
        map.Freeze();
        answer.Done();
        return ExitCode.Done;
    }
}
