using Headrace.Linux;

namespace Headrace.Cli.Nouns.Maps;

/// <summary><c>map lookup</c>: one element.</summary>
internal sealed class MapLookup() : KernelAction("lookup")
{
    public override IReadOnlyList<string> Forms => ["lookup MAP key [hex] BYTES"];

    public override int Run(Keywords words, Answer answer)
    {
        using KernelMap map = MapChoices.ReadOne(words);
        byte[] key = MapWords.ReadKey(words, map);
        words.End();
        byte[] value = new byte[map.ValueBufferSize];
        if (!map.Lookup(key, value))
        {
            answer.Write(json => json.WriteNullValue(), output => output.WriteLine($"key: {KernelText.Spaced(key)}\n\nNot found"));
            return ExitCode.Failed;
        }
        answer.WriteRecords([ElementRecord.Of(map, key, value, MapTypes.Of(map.GetInfo()))], chosen: true);
        return ExitCode.Done;
    }
}
