using Headrace.Bytecode;
using Headrace.Linux;

namespace Headrace.Cli.Nouns;

/// <summary>Reads which map is meant: <c>id N</c>, <c>name X</c> or <c>pinned PATH</c>.</summary>
internal static class MapChoices
{
    private const string Syntax = "which map? id N, name X or pinned PATH";

    /// <summary>Opens the maps that are meant; a name may stand for several.</summary>
    /// <exception cref="UsageException">The words say no map.</exception>
    /// <exception cref="HeadraceException">There is none.</exception>
    public static IReadOnlyList<KernelMap> Read(Keywords words)
    {
        switch (words.AcceptAny("id", "name", "pinned"))
        {
            case "id":
                return [KernelMap.Open((uint)words.Number("id"))];
            case "pinned":
                return [KernelMap.OpenPinned(words.Next("the path of the pinned map"))];
            case "name":
                return Find(words.Next("name"));
            default:
                throw new UsageException(words.IsEmpty ? Syntax : $"{Syntax} (what is '{words.Peek}'?)");
        }
    }

    /// <summary>Opens the one map that is meant.</summary>
    /// <exception cref="HeadraceException">There is none, or there are several.</exception>
    public static KernelMap ReadOne(Keywords words)
    {
        IReadOnlyList<KernelMap> maps = Read(words);
        if (maps.Count == 1)
            return maps[0];
        string ids = string.Join(", ", maps.Select(map => map.Id));
        foreach (KernelMap map in maps)
            map.Dispose();
        throw new HeadraceException($"there are {maps.Count} such maps, with the ids {ids}: say which by 'id N'");
    }

    private static List<KernelMap> Find(string name)
    {
        List<KernelMap> found = [];
        foreach (uint id in KernelMap.Ids())
        {
            if (KernelMap.TryOpen(id) is not { } map)
                continue;
            if (map.Name == name)
                found.Add(map);
            else
                map.Dispose();
        }
        return found.Count > 0 ? found : throw new HeadraceException($"there is no map with the name '{name}' (the kernel keeps 15 characters)");
    }
}
