using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Objects;

namespace Headrace.Ports;

/// <summary>A program that a <see cref="Forwarder"/> runs, loaded for so many workers, with its collection.</summary>
/// <remarks>
/// A program that takes another's place keeps the maps of the same name and shape with what they hold, so that counters and flow tables
/// live on; maps of programs and of maps are made anew, and those the caller names.
/// </remarks>
public sealed class ForwardProgram : IDisposable
{
    private readonly Collection _collection;
    private readonly Dictionary<string, Map> _maps;
    private readonly List<Map> _left = [];
    private bool _disposed;

    private ForwardProgram(Collection collection, Dictionary<string, Map> maps, LoadedProgram program, EngineKind engine, int workers) =>
        (_collection, _maps, Program, Engine, Workers) = (collection, maps, program, engine, workers);

    /// <summary>The program.</summary>
    public LoadedProgram Program { get; }

    /// <summary>Every program of its object, by name: devmaps and cpumaps may name them.</summary>
    public IReadOnlyDictionary<string, LoadedProgram> Programs => _collection.Programs;

    /// <summary>The maps by name.</summary>
    public IReadOnlyDictionary<string, Map> Maps => _collection.Maps;

    /// <summary>What it runs on.</summary>
    public EngineKind Engine { get; }

    /// <summary>How many workers it was loaded for: per-CPU maps have a value for each.</summary>
    public int Workers { get; }

    /// <summary>Loads an object's program.</summary>
    /// <param name="spec">The object, with the maps filled as they shall be.</param>
    /// <param name="program">The program's name.</param>
    /// <param name="engine">What to run it on.</param>
    /// <param name="workers">How many workers will run it.</param>
    /// <param name="previous">The one whose place it takes: maps go over from it; null for none.</param>
    /// <param name="fresh">Names of maps that do not go over.</param>
    /// <exception cref="HeadraceException">It is no XDP program, or cannot be loaded; <paramref name="previous"/> is as it was.</exception>
    public static ForwardProgram Load(CollectionSpec spec, string program, EngineKind engine, int workers, ForwardProgram? previous = null,
        IReadOnlySet<string>? fresh = null) => Load(spec, program, engine, workers, previous, fresh, unverified: false);

    /// <summary>The same for programs that the verifier refuses: to test what becomes of faults, which verified programs hardly have.</summary>
    internal static ForwardProgram Load(
        CollectionSpec spec, string program, EngineKind engine, int workers, ForwardProgram? previous, IReadOnlySet<string>? fresh, bool unverified)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (!spec.Programs.Contains(program))
            throw new HeadraceException($"{spec.Source} has no program '{program}'; it has: {string.Join(", ", spec.Programs.Select(known => known.Name))}");
        if (spec.Programs[program].Type != ProgramType.Xdp)
            throw new HeadraceException($"{spec.Source}: program '{program}' is a {spec.Programs[program].Type} program: ports run XDP programs");
        Dictionary<string, Map> kept = previous is null ? [] : previous.MapsFor(spec, workers, fresh);
        Collection collection = Collection.Load(spec, new EngineOptions
        {
            Cpus = workers,
            Maps = kept,
            Programs = [.. spec.Programs.Where(known => known.AutoLoad || known.Name == program).Select(known => known.Name)],
            Unverified = unverified,
            UnverifiedOnAllEngines = unverified,
        });
        // Maps belong to the program itself from here on, not to its collection: the next program may take them.
        var maps = new Dictionary<string, Map>(StringComparer.Ordinal);
        foreach (string name in collection.Maps.Keys)
        {
            if (kept.TryGetValue(name, out Map? map))
                previous!.Leave(name, map);
            maps.Add(name, map ?? collection.TakeMap(name)!);
        }
        return new ForwardProgram(collection, maps, collection.Programs[program], engine, workers);
    }

    /// <summary>Releases the program and the maps that no other took. Nothing may run it any more.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _collection.Dispose();
        foreach (Map map in _maps.Values)
        {
            if (!_left.Contains(map))
                map.Dispose();
        }
    }

    private void Leave(string name, Map map)
    {
        if (_maps.GetValueOrDefault(name) == map)
            _left.Add(map);
    }

    private Dictionary<string, Map> MapsFor(CollectionSpec spec, int workers, IReadOnlySet<string>? fresh) =>
        _maps.Where(pair => spec.Maps.Contains(pair.Key) && fresh?.Contains(pair.Key) != true && GoesOver(pair.Value, spec.Maps[pair.Key], workers))
            .ToDictionary(StringComparer.Ordinal);

    private static bool GoesOver(Map map, MapSpec spec, int workers) =>
        !spec.IsDataSection && !RefersToPrograms(map) && map.Cpus >= workers
        && map.Type == spec.Type && map.KeySize == spec.KeySize && map.ValueSize == spec.ValueSize && map.MaxEntries == spec.MaxEntries && map.Flags == spec.Flags;

    private static bool RefersToPrograms(Map map) => map.Type switch
    {
        MapType.ProgramArray or MapType.ArrayOfMaps or MapType.HashOfMaps => true,
        MapType.DevMap or MapType.DevMapHash or MapType.CpuMap => map.ValueSize > sizeof(uint),
        _ => false,
    };
}
