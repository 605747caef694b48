using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Linux;

/// <summary>A collection the kernel holds: its maps, filled, and its programs. Dispose of it to unload.</summary>
public sealed class KernelCollection : IDisposable
{
    private readonly List<KernelMap> _maps = [];
    private readonly Dictionary<string, KernelMap> _mapsByName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KernelProgram> _programs = new(StringComparer.Ordinal);
    private readonly HashSet<KernelMap> _borrowed = [];
    private readonly HashSet<KernelMap> _reused = [];
    private readonly KernelLoadOptions _options;
    private readonly uint _device;

    private KernelBtf? _types;

    private KernelCollection(CollectionSpec spec, KernelLoadOptions options)
    {
        Spec = spec;
        _options = options;
        _device = options.Device is { } name ? (uint)NetworkDevice.Find(name).Index : 0;
        Variables = new KernelVariables(this);
    }

    /// <summary>What it was loaded from.</summary>
    public CollectionSpec Spec { get; }

    /// <summary>The programs by name.</summary>
    public IReadOnlyDictionary<string, KernelProgram> Programs => _programs;

    /// <summary>The maps by name.</summary>
    public IReadOnlyDictionary<string, KernelMap> Maps => _mapsByName;

    /// <summary>The global variables by name, as they are now.</summary>
    public KernelVariables Variables { get; }

    /// <summary>Makes the maps, writes what they hold from the start, loads the programs and puts them into program arrays.</summary>
    /// <param name="spec">What to load. Programs with CO-RE relocations are fitted to this kernel's types, in the spec; the rest of it stays as it is.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="KernelException">The kernel refused something; nothing stays behind.</exception>
    /// <exception cref="UnsupportedFeatureException">The collection needs what cannot be given here; nothing stays behind.</exception>
    /// <exception cref="HeadraceException">
    /// An initial entry refers to a program or map that is not there, a map to reuse does not fit, or there is no such device; nothing stays behind.
    /// </exception>
    public static KernelCollection Load(CollectionSpec spec, KernelLoadOptions? options = null)
    {
        var collection = new KernelCollection(spec, options ?? new KernelLoadOptions());
        try
        {
            collection.FitToKernel();
            collection.LoadTypes();
            collection.CreateMaps();
            collection.FillMaps();
            collection.LoadPrograms();
            collection.FillProgramArrays();
            collection.PinMaps();
            return collection;
        }
        catch
        {
            collection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (KernelProgram program in _programs.Values)
            program.Dispose();
        foreach (KernelMap map in _maps.Except(_borrowed))
            map.Dispose();
        Variables.Dispose();
        _types?.Dispose();
    }

    private void FitToKernel()
    {
        if (Spec.Programs.FirstOrDefault(program => program.CoreRelocations.Count > 0) is not { } first)
            return;
        if (_options.TargetTypes is null && !KernelBtf.IsOfKernelAvailable)
        {
            throw new UnsupportedFeatureException($"program '{first.Name}'", $"the kernel's types in {KernelBtf.KernelTypesPath}",
                "its CO-RE relocations cannot be resolved without them; the kernel must be built with CONFIG_DEBUG_INFO_BTF, or KernelLoadOptions.TargetTypes name others");
        }
        Spec.Relocate(_options.TargetTypes ?? KernelBtf.OfKernel);
    }

    private void LoadTypes()
    {
        if (Spec.Types is { } types)
            _types = KernelBtf.Load(types.KernelForm.Span, Spec.Source);
    }

    private void CreateMaps()
    {
        foreach (MapSpec spec in Spec.Maps)
        {
            KernelMap map = Borrowed(spec) ?? Pinned(spec) ?? KernelMap.Create(spec, _types, IsOffloaded ? _device : 0, KernelMap.RoundedMaxEntriesOf(spec));
            _maps.Add(map);
            _mapsByName.Add(spec.Name, map);
        }
    }

    /// <summary>True when programs and maps go to a device itself, and not only are bound to one.</summary>
    private bool IsOffloaded => _device != 0 && !Spec.Programs.Any(program => program.Flags.HasFlag(ProgramFlags.XdpDeviceBoundOnly));

    private KernelMap? Borrowed(MapSpec spec)
    {
        if (_options.Maps is null || !_options.Maps.TryGetValue(spec.Name, out KernelMap? map))
            return null;
        MapCompatibility.Require(spec, map, "the map given for it", "give one made like it");
        _borrowed.Add(map);
        _reused.Add(map);
        return map;
    }

    private KernelMap? Pinned(MapSpec spec)
    {
        if (PinOf(spec) is not { } path || BpfFileSystem.TryOpen(path, PinKind.Map) is not { } descriptor)
            return null;
        var map = KernelMap.FromDescriptor(descriptor, path, spec);
        try
        {
            MapCompatibility.Require(spec, map, $"the map pinned at {path}", "remove that pin, or load into another folder");
        }
        catch
        {
            map.Dispose();
            throw;
        }
        _reused.Add(map);
        return map;
    }

    private string? PinOf(MapSpec spec) => spec.PinByName && _options.PinPath is { } folder ? Path.Combine(folder, spec.Name) : null;

    // Last, so that a load that fails leaves no pin.
    private void PinMaps()
    {
        List<string> pinned = [];
        try
        {
            foreach (KernelMap map in _maps)
            {
                if (_reused.Contains(map) || PinOf(map.Spec) is not { } path)
                    continue;
                Directory.CreateDirectory(_options.PinPath!);
                map.Pin(path);
                pinned.Add(path);
            }
        }
        catch
        {
            foreach (string path in pinned)
                BpfFileSystem.Unpin(path);
            throw;
        }
    }

    private void FillMaps()
    {
        foreach (KernelMap map in _maps)
        {
            if (_reused.Contains(map))
                continue; // it holds what others put there
            if (map.Spec.Data is { } data)
                map.Update(new byte[map.KeySize], data);
            foreach (MapEntrySpec entry in map.Spec.Entries)
            {
                if (entry.Reference is null)
                    map.Update(entry.Key, ValueFor(map, entry));
                else if (map.Type is MapType.ArrayOfMaps or MapType.HashOfMaps)
                    map.SetMap(entry.Key, Referred(map, entry.Reference));
            }
            if (map.Spec.Freeze)
                map.Freeze();
        }
    }

    private void LoadPrograms()
    {
        using var references = new KernelReferences();
        BtfStrings? strings = _types is null ? null : new BtfStrings(Spec.Types!.Raw.Span);
        foreach (ProgramSpec spec in Spec.Programs)
        {
            bool wanted = _options.Programs?.Contains(spec.Name) ?? spec.AutoLoad;
            if (!wanted && !IsTailCalled(spec.Name))
                continue;
            var code = new KernelCode(spec, Spec.Types, references);
            _programs.Add(spec.Name, KernelProgram.Load(code, spec, _maps, _types, strings, _options.LogLevel, _device));
        }
    }

    private bool IsTailCalled(string program) =>
        Spec.Maps.Any(map => map.Type == MapType.ProgramArray && map.Entries.Any(entry => entry.Reference == program));

    private void FillProgramArrays()
    {
        foreach (KernelMap map in _maps.Where(map => map.Type == MapType.ProgramArray))
        {
            foreach (MapEntrySpec entry in map.Spec.Entries)
            {
                if (entry.Reference is null)
                    continue;
                if (!_programs.TryGetValue(entry.Reference, out KernelProgram? program))
                    throw new HeadraceException($"map '{map.Name}': its initial entry refers to program '{entry.Reference}', which {Spec.Source} does not have");
                map.SetProgram(BitConverter.ToUInt32(entry.Key), program);
            }
        }
    }

    private KernelMap Referred(KernelMap outer, string name) => _mapsByName.TryGetValue(name, out KernelMap? inner)
        ? inner
        : throw new HeadraceException($"map '{outer.Name}': its initial entry refers to map '{name}', which {Spec.Source} does not have");

    /// <summary>An initial value of one processor's size holds for every processor.</summary>
    private static byte[] ValueFor(KernelMap map, MapEntrySpec entry)
    {
        byte[] value = entry.Value ?? throw new HeadraceException($"map '{map.Name}': an initial entry has neither a value nor a reference");
        if (!map.IsPerCpu || value.Length == map.ValueBufferSize)
            return value;
        int stride = map.ValueBufferSize / Processors.Possible;
        byte[] all = new byte[map.ValueBufferSize];
        for (int processor = 0; processor < Processors.Possible; processor++)
            value.CopyTo(all.AsSpan(processor * stride));
        return all;
    }
}
