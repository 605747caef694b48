using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>A collection loaded for user space: its maps, filled, and its programs, checked. Dispose it to release both.</summary>
public sealed class Collection : IDisposable
{
    private readonly Dictionary<string, LoadedProgram> _programs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Map> _maps = new(StringComparer.Ordinal);
    private readonly List<Map> _owned = [];

    private Collection()
    {
    }

    /// <summary>The programs by name.</summary>
    public IReadOnlyDictionary<string, LoadedProgram> Programs => _programs;

    /// <summary>The maps by name; data sections are maps too.</summary>
    public IReadOnlyDictionary<string, Map> Maps => _maps;

    /// <summary>Makes the maps, fills them, and checks and binds the programs. When anything fails, nothing stays behind.</summary>
    /// <param name="spec">What to load; it is not changed and may be loaded again.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="MapException">A map or an element is refused.</exception>
    /// <exception cref="ProgramLoadException">No engine can run one of the programs.</exception>
    /// <exception cref="Headrace.Bytecode.BytecodeException">An instruction is not valid.</exception>
    /// <exception cref="Headrace.Bytecode.UnsupportedFeatureException">A program or a map wants what is only in the kernel.</exception>
    public static Collection Load(CollectionSpec spec, EngineOptions? options = null)
    {
        options ??= new EngineOptions();
        var collection = new Collection();
        try
        {
            var maps = new Map[spec.Maps.Count];
            for (int i = 0; i < maps.Length; i++)
                maps[i] = collection.AddMap(spec.Maps[i], options);
            foreach (ProgramSpec program in spec.Programs)
                collection._programs.Add(program.Name, LoadedProgram.Load(program, maps));
            foreach (Map map in collection._owned)
                MapFiller.Fill(map, collection);
            return collection;
        }
        catch
        {
            collection.Dispose();
            throw;
        }
    }

    /// <summary>Makes a map the caller's to dispose of, so that it can outlive the collection.</summary>
    /// <returns>The map; null when there is none of the name, or it is not the collection's own.</returns>
    public Map? TakeMap(string name) => _maps.TryGetValue(name, out Map? map) && _owned.Remove(map) ? map : null;

    /// <summary>Releases programs and maps. Executors of its programs, and programs that tail-call them, must have stopped.</summary>
    public void Dispose()
    {
        foreach (LoadedProgram program in _programs.Values)
            program.Dispose();
        foreach (Map map in _owned)
            map.Dispose();
    }

    private Map AddMap(MapSpec spec, EngineOptions options)
    {
        if (options.Maps.TryGetValue(spec.Name, out Map? shared))
        {
            MapFiller.RequireSameShape(shared, spec);
        }
        else
        {
            shared = Map.Create(spec, options.Cpus);
            _owned.Add(shared);
        }
        _maps.Add(spec.Name, shared);
        return shared;
    }
}
