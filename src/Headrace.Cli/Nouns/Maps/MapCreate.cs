using Headrace.Bytecode;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Cli.Nouns.Maps;

/// <summary><c>map create</c>: makes a map and pins it.</summary>
internal sealed class MapCreate() : KernelAction("create")
{
    private static readonly string[] s_keywords = ["type", "name", "key", "value", "entries", "flags", "inner_map", "dev"];

    public override IReadOnlyList<string> Forms =>
        ["create PATH type TYPE key KEY_SIZE value VALUE_SIZE entries MAX_ENTRIES name NAME [flags FLAGS] [inner_map MAP]"];

    public override int Run(Keywords words, Answer answer)
    {
        string path = words.Next("the path to pin the map at");
        MapType? type = null;
        string name = "";
        uint key = 0, value = 0, entries = 0, flags = 0;
        MapSpec? inner = null;
        while (words.AcceptAny(s_keywords) is { } keyword)
        {
            switch (keyword)
            {
                case "type":
                    type = TypeOf(words.Next("type"));
                    break;
                case "name":
                    name = words.Next("name");
                    break;
                case "key":
                    key = (uint)words.Number("key size");
                    break;
                case "value":
                    value = (uint)words.Number("value size");
                    break;
                case "entries":
                    entries = (uint)words.Number("entries");
                    break;
                case "flags":
                    flags = (uint)words.Number("flags");
                    break;
                case "inner_map":
                    using (KernelMap template = MapChoices.ReadOne(words))
                        inner = template.Spec;
                    break;
                default:
                    throw new UsageException("dev: maps on a device cannot be made here");
            }
        }
        words.End();
        if (type is null)
            throw new UsageException("type is missing");
        if (name.Length == 0)
            throw new UsageException("name is missing");
        PinPlace.Prepare(path, answer);
        using KernelMap map = KernelMap.Create(new MapSpec
        {
            Name = name,
            Type = type.Value,
            KeySize = key,
            ValueSize = value,
            MaxEntries = entries,
            Flags = (MapFlags)flags,
            InnerMap = inner,
        });
        PinPlace.Pin(path, map.Pin);
        answer.Done();
        return ExitCode.Done;
    }

    private static MapType TypeOf(string word)
    {
        if (MapTypeNames.TryParse(word, out MapType type))
            return type;
        return MapTypeNames.All.Skip(1).FirstOrDefault(name => Keywords.Matches(word, name)) is { } full && MapTypeNames.TryParse(full, out type)
            ? type
            : throw new UsageException($"there is no map type '{word}'; there are: {string.Join(", ", MapTypeNames.All.Skip(1))}");
    }
}
