using Headrace.Bytecode;
using Headrace.Linux;

namespace Headrace.Cli.Nouns.Maps;

/// <summary><c>map getnext</c>: the key after a key; without one, the first.</summary>
internal sealed class MapNext() : KernelAction("getnext")
{
    public override IReadOnlyList<string> Forms => ["getnext MAP [key [hex] BYTES]"];

    public override int Run(Keywords words, Answer answer)
    {
        using KernelMap map = MapChoices.ReadOne(words);
        byte[]? key = words.IsEmpty ? null : MapWords.ReadKey(words, map);
        words.End();
        byte[] next = new byte[map.KeySize];
        if (!map.NextKey(key, next))
            throw new HeadraceException($"map {map.Id}: {(key is null ? "it is empty" : $"no key follows {KernelText.Spaced(key)}")}");
        answer.Write(
            json =>
            {
                json.WriteStartObject();
                if (key is null)
                    json.WriteNull("key");
                else
                    json.WriteBytes("key", key);
                json.WriteBytes("next_key", next);
                json.WriteEndObject();
            },
            output => output.WriteLine(key is null
                ? $"key: None\nnext key:\n{KernelText.Spaced(next)}"
                : $"key:\n{KernelText.Spaced(key)}\nnext key:\n{KernelText.Spaced(next)}"));
        return ExitCode.Done;
    }
}
