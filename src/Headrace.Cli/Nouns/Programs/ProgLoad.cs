using Headrace.Bytecode;
using Headrace.Linux;
using Headrace.Objects;
using Headrace.Objects.Loading;

namespace Headrace.Cli.Nouns.Programs;

/// <summary><c>prog load</c>, <c>prog loadall</c>: programs from an object file into the kernel, where their pins keep them.</summary>
/// <param name="name">Which of the two.</param>
/// <param name="all">True to load every program, false for the first.</param>
internal sealed class ProgLoad(string name, bool all) : KernelAction(name)
{
    public override IReadOnlyList<string> Forms =>
        [$"{Names[0]} OBJECT {(all ? "FOLDER" : "PATH")} [type TYPE] [map idx N | name NAME MAP]... [dev NAME] [pinmaps FOLDER]"];

    public override int Run(Keywords words, Answer answer)
    {
        CollectionSpec spec = CollectionSpec.Load(words.Next("the object file"));
        string place = words.Next("the path to pin at");
        string? mapFolder = null, device = null;
        Dictionary<string, KernelMap> replacements = [];
        try
        {
            while (!words.IsEmpty)
            {
                switch (words.AcceptAny("type", "map", "dev", "offload_dev", "pinmaps", "xdpmeta_dev", "autoattach"))
                {
                    case "type":
                        SetType(spec, words.Next("type"));
                        break;
                    case "map":
                        string replaced = MapName(spec, words);
                        if (!replacements.TryAdd(replaced, MapChoices.ReadOne(words)))
                            throw new UsageException($"map '{replaced}' is given twice");
                        break;
                    case "dev" or "offload_dev":
                        device = words.Next("the device's name");
                        break;
                    case "pinmaps":
                        mapFolder = words.Next("the folder to pin maps in");
                        break;
                    case "xdpmeta_dev":
                        throw new UsageException("xdpmeta_dev: programs bound to a device are loaded by the library (KernelLoadOptions.Device)");
                    case "autoattach":
                        throw new UsageException("autoattach: load the program, then attach it (headrace net attach, headrace xdp attach)");
                    default:
                        words.End();
                        break;
                }
            }
            Load(spec, place, mapFolder, device, replacements, answer);
        }
        finally
        {
            foreach (KernelMap map in replacements.Values)
                map.Dispose();
        }
        answer.Done();
        return ExitCode.Done;
    }

    private void Load(CollectionSpec spec, string place, string? mapFolder, string? device, Dictionary<string, KernelMap> replacements, Answer answer)
    {
        if (spec.Programs.Count == 0)
            throw new HeadraceException($"{spec.Source} has no program");
        if (all)
            PinPlace.PrepareFolder(Path.GetFullPath(place), answer);
        else
            PinPlace.Prepare(place, answer);
        if (mapFolder is not null)
            PinPlace.PrepareFolder(Path.GetFullPath(mapFolder), answer);
        string first = spec.Programs.First().Name;
        using KernelCollection collection = AdvisedLoad.Load(spec, new KernelLoadOptions
        {
            Programs = all ? null : [first],
            Maps = replacements,
            Device = device,
            LogLevel = answer.Debug ? 1 : 0,
        });
        if (answer.Debug)
        {
            foreach (KernelProgram program in collection.Programs.Values)
                answer.Terminal.Error.Write(program.Log);
        }
        // A pin that fails takes those before it along: nothing half done stays.
        List<string> pinned = [];
        try
        {
            foreach (KernelProgram program in all ? collection.Programs.Values : [collection.Programs[first]])
                Pin(all ? Path.Combine(place, PinName(program.Name)) : place, program.Pin, pinned);
            if (mapFolder is not null)
            {
                foreach (KernelMap map in collection.Maps.Values)
                    Pin(Path.Combine(mapFolder, PinName(map.Spec.IsDataSection ? map.Spec.KernelName : map.Name)), map.Pin, pinned);
            }
        }
        catch
        {
            foreach (string path in pinned)
                BpfFileSystem.Unpin(path);
            throw;
        }
    }

    private static void Pin(string path, Action<string> pin, List<string> pinned)
    {
        PinPlace.Pin(path, pin);
        pinned.Add(path);
    }

    // A bpf file system keeps names with dots for itself.
    private static string PinName(string name) => name.Replace('.', '_');

    private static void SetType(CollectionSpec spec, string word)
    {
        SectionRule rule = SectionRules.Find(word, out _)
            ?? throw new UsageException($"type: there is no program type '{word}'; section names are meant, such as xdp, classifier, socket, cgroup/skb");
        foreach (ProgramSpec program in spec.Programs)
        {
            program.Type = rule.Type;
            program.ExpectedAttachType = rule.AttachType;
        }
    }

    private static string MapName(CollectionSpec spec, Keywords words)
    {
        switch (words.AcceptAny("idx", "name"))
        {
            case "idx":
                int index = (int)words.Number("idx", int.MaxValue);
                return index < spec.Maps.Count ? spec.Maps[index].Name : throw new UsageException($"map idx {index}: {spec.Source} has {spec.Maps.Count} maps");
            case "name":
                string name = words.Next("the map's name");
                return spec.Maps.Contains(name) ? name : throw new UsageException($"map name '{name}': {spec.Source} has no such map; there are: {string.Join(", ", spec.Maps.Select(map => map.Name))}");
            default:
                throw new UsageException("map: which one of the object's? idx N or name NAME, then the map to use");
        }
    }
}
