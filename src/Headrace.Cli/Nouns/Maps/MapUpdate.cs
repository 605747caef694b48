using Headrace.Linux;

namespace Headrace.Cli.Nouns.Maps;

/// <summary><c>map update</c>: puts an element.</summary>
internal sealed class MapUpdate() : KernelAction("update")
{
    public override IReadOnlyList<string> Forms => ["update MAP key [hex] BYTES value [hex] BYTES | MAP | PROG [any | exist | noexist]"];

    public override int Run(Keywords words, Answer answer)
    {
        using KernelMap map = MapChoices.ReadOne(words);
        byte[] key = MapWords.ReadKey(words, map);
        MapWords.ReadValueAndUpdate(words, map, key);
        answer.Done();
        return ExitCode.Done;
    }
}
