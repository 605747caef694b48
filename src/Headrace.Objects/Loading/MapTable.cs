using Headrace.Objects.Elf;

namespace Headrace.Objects.Loading;

/// <summary>Where in the file each map stands, so that references find it.</summary>
internal sealed class MapTable(ElfFile elf, CollectionSpec spec)
{
    private readonly Dictionary<(int Section, long Offset), int> _places = [];
    private readonly Dictionary<int, int> _data = [];
    private readonly Dictionary<string, (int Map, long Offset)> _externs = [];

    /// <summary>Adds a map that stands at a place of a section.</summary>
    public void Add(MapSpec map, ElfSection section, long offset)
    {
        if (!_places.TryAdd((section.Index, offset), Add(map)))
            throw new ObjectException(elf.File, section.Title, $"two maps stand at byte {offset}; the second is '{map.Name}'");
    }

    /// <summary>Adds a map that stands for a whole section.</summary>
    public void AddData(MapSpec map, ElfSection section) => _data.Add(section.Index, Add(map));

    /// <summary>Adds a map that stands for no section of the file.</summary>
    public int Add(MapSpec map)
    {
        if (spec.Maps.Contains(map.Name))
            throw new ObjectException(elf.File, $"map '{map.Name}'", "there are two maps or data sections of this name");
        spec.Maps.Add(map);
        return spec.Maps.Count - 1;
    }

    /// <summary>Adds a variable that the kernel configuration gives.</summary>
    public void AddExtern(string name, int map, long offset) => _externs[name] = (map, offset);

    /// <summary>Index of the map at a place, or null.</summary>
    public int? At(int section, long offset) => _places.TryGetValue((section, offset), out int map) ? map : null;

    /// <summary>Index of the map that stands for a section, or null.</summary>
    public int? DataIn(int section) => _data.TryGetValue(section, out int map) ? map : null;

    /// <summary>Place of a variable that the kernel configuration gives, or null.</summary>
    public (int Map, long Offset)? Extern(string name) => _externs.TryGetValue(name, out (int, long) place) ? place : null;

    public string NameOf(int map) => spec.Maps[map].Name;

    public long SizeOf(int map) => spec.Maps[map].Data?.Length ?? 0;
}
