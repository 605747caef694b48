using Headrace.Linux;

namespace Headrace.Cli.Nouns.Maps;

/// <summary><c>map pin</c>: gives a map a path.</summary>
internal sealed class MapPin() : KernelAction("pin")
{
    public override IReadOnlyList<string> Forms => ["pin MAP PATH"];

    public override int Run(Keywords words, Answer answer)
    {
        using KernelMap map = MapChoices.ReadOne(words);
        string path = words.Next("the path to pin the map at");
        words.End();
        PinPlace.Prepare(path, answer);
        PinPlace.Pin(path, map.Pin);
        answer.Done();
        return ExitCode.Done;
    }
}
