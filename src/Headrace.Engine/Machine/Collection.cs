using Headrace.Bytecode;
using Headrace.Objects;
using Headrace.Verifier;

namespace Headrace.Engine;

/// <summary>A collection loaded for user space: its maps, filled, and its programs, verified. Dispose it to release both.</summary>
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

    /// <summary>Verifies the programs, makes and fills the maps, and binds the programs to them. When anything fails, nothing stays behind.</summary>
    /// <param name="spec">What to load; it is not changed and may be loaded again.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="VerificationException">The kernel would not take one of the programs, and <see cref="EngineOptions.Unverified"/> is not set.</exception>
    /// <exception cref="MapException">A map or an element is refused.</exception>
    /// <exception cref="ProgramLoadException">No engine can run one of the programs.</exception>
    /// <exception cref="BytecodeException">An instruction is not valid.</exception>
    /// <exception cref="UnsupportedFeatureException">A program or a map wants what is only in the kernel.</exception>
    public static Collection Load(CollectionSpec spec, EngineOptions? options = null)
    {
        options ??= new EngineOptions();
        List<(ProgramSpec Spec, VerifiedProgram? Verified)> programs =
            [.. Chosen(spec, options).Select(program => (program, options.Unverified ? null : Verify(spec, program, options)))];
        var collection = new Collection();
        try
        {
            var maps = new Map[spec.Maps.Count];
            for (int i = 0; i < maps.Length; i++)
                maps[i] = collection.AddMap(spec.Maps[i], options);
            foreach ((ProgramSpec program, VerifiedProgram? verified) in programs)
                collection._programs.Add(program.Name, LoadedProgram.Load(program, maps, verified, options.UnverifiedOnAllEngines, options.Passes));
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

    private static IEnumerable<ProgramSpec> Chosen(CollectionSpec spec, EngineOptions options)
    {
        foreach (string name in options.Programs ?? [])
            _ = spec.Programs[name];
        return spec.Programs.Where(program => (options.Programs?.Contains(program.Name) ?? program.AutoLoad) || IsTailCalled(spec, program.Name));
    }

    private static bool IsTailCalled(CollectionSpec spec, string program) =>
        spec.Maps.Any(map => map.Type == MapType.ProgramArray && map.Entries.Any(entry => entry.Reference == program));

    private static VerifiedProgram Verify(CollectionSpec spec, ProgramSpec program, EngineOptions options)
    {
        VerifierResult result = ProgramVerifier.Verify(spec, program, new VerifierOptions { Processors = Math.Max(options.Cpus, 1) });
        return result.Program ?? throw new VerificationException(program, result);
    }

    private Map AddMap(MapSpec spec, EngineOptions options)
    {
        if (options.Maps.TryGetValue(spec.Name, out Map? shared))
        {
            MapFit.Require(shared, spec);
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
