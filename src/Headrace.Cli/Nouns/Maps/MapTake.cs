using Headrace.Bytecode;
using Headrace.Linux;

namespace Headrace.Cli.Nouns.Maps;

/// <summary><c>map peek</c>, <c>map pop</c>, <c>map dequeue</c>: what is next in a stack or queue, and takes it out but for a peek.</summary>
/// <param name="takes">True to take it out.</param>
/// <param name="names">Its names.</param>
internal sealed class MapTake(bool takes, params string[] names) : KernelAction(names)
{
    public override IReadOnlyList<string> Forms => [.. Names.Select(name => $"{name} MAP")];

    public override int Run(Keywords words, Answer answer)
    {
        using KernelMap map = MapChoices.ReadOne(words);
        words.End();
        if (map.KeySize != 0)
            throw new HeadraceException($"map {map.Id} ({MapTypeNames.Of(map.Type)}) has keys: queues and stacks are read so, others by 'map lookup'");
        byte[] value = new byte[map.ValueBufferSize];
        if (!(takes ? map.Take([], value) : map.Lookup([], value)))
        {
            answer.Write(json => json.WriteNullValue(), output => output.WriteLine("the map is empty"));
            return ExitCode.Failed;
        }
        answer.WriteRecords([ElementRecord.Of(map, [], value, MapTypes.Of(map.GetInfo()))], chosen: true);
        return ExitCode.Done;
    }
}
