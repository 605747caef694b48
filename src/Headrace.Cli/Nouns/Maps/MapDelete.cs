using Headrace.Bytecode;
using Headrace.Linux;

namespace Headrace.Cli.Nouns.Maps;

/// <summary><c>map delete</c>: removes an element.</summary>
internal sealed class MapDelete() : KernelAction("delete")
{
    public override IReadOnlyList<string> Forms => ["delete MAP key [hex] BYTES"];

    public override int Run(Keywords words, Answer answer)
    {
        using KernelMap map = MapChoices.ReadOne(words);
        byte[] key = MapWords.ReadKey(words, map);
        words.End();
        if (!map.Delete(key))
            throw new HeadraceException($"map {map.Id}: there is no element with the key {KernelText.Spaced(key)}");
        answer.Done();
        return ExitCode.Done;
    }
}
