using Headrace.Linux;

namespace Headrace.Cli.Nouns.Maps;

/// <summary><c>map show</c>: the maps the kernel holds.</summary>
internal sealed class MapShow() : KernelAction("show", "list")
{
    public override IReadOnlyList<string> Forms => ["show [id N | name X | pinned PATH]"];

    public override int Run(Keywords words, Answer answer)
    {
        bool chosen = !words.IsEmpty;
        IEnumerable<KernelMap> maps = chosen ? MapChoices.Read(words) : KernelMap.All();
        words.End();
        PinTable? pins = PinTable.Read(answer);
        List<MapRecord> records = [];
        foreach (KernelMap map in maps)
        {
            using (map)
                records.Add(new MapRecord(map.GetInfo(), pins?.PathsOf(PinKind.Map, map.Id)));
        }
        answer.WriteRecords(records, chosen);
        return ExitCode.Done;
    }
}
