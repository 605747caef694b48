using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine.Tests;

/// <summary>Programs in text, loaded as an object file would be: the first is <c>main</c>, others and maps are found by name.</summary>
internal static class TestProgram
{
    /// <summary>A collection of one program named <c>main</c>.</summary>
    public static CollectionSpec Spec(string text, ProgramType type = ProgramType.Xdp, params MapSpec[] maps)
    {
        var spec = new CollectionSpec { Source = "test", License = "GPL" };
        foreach (MapSpec map in maps)
            spec.Maps.Add(map);
        return Add(spec, "main", text, type);
    }

    /// <summary>Adds a program.</summary>
    public static CollectionSpec Add(CollectionSpec spec, string name, string text, ProgramType type = ProgramType.Xdp)
    {
        spec.Programs.Add(new ProgramSpec
        {
            Name = name,
            Type = type,
            License = spec.License,
            Instructions = Assembler.Assemble(text, map => spec.Maps.Contains(map) ? spec.Maps.IndexOf(spec.Maps[map]) : null),
        });
        return spec;
    }

    public static MapSpec Array(string name, uint valueSize = 8, uint entries = 1, MapFlags flags = MapFlags.None) =>
        new() { Name = name, Type = MapType.Array, KeySize = 4, ValueSize = valueSize, MaxEntries = entries, Flags = flags };

    public static MapSpec Map(string name, MapType type, uint keySize, uint valueSize, uint entries) =>
        new() { Name = name, Type = type, KeySize = keySize, ValueSize = valueSize, MaxEntries = entries };

    /// <summary>Loads programs for every engine without verifying them: engines must be safe whatever they are given.</summary>
    public static Collection Load(CollectionSpec spec, EngineOptions? options = null) =>
        Collection.Load(spec, (options ?? new EngineOptions()) with { Unverified = true, UnverifiedOnAllEngines = true });

    /// <summary>Runs <c>main</c> over one packet and answers the verdict.</summary>
    public static uint Run(EngineKind engine, CollectionSpec spec, byte[]? packet = null, MachineOptions? options = null)
    {
        using Collection collection = Load(spec);
        return Run(engine, collection.Programs["main"], packet, options);
    }

    /// <summary>Runs a program over one packet and answers the verdict.</summary>
    public static unsafe uint Run(EngineKind engine, LoadedProgram program, byte[]? packet = null, MachineOptions? options = null)
    {
        using Executor executor = program.CreateExecutor(engine, options);
        using var burst = new PacketBurst(1, socketBuffers: program.Type != ProgramType.Xdp);
        burst.Add(packet ?? new byte[64], ingressIfindex: 7, rxQueue: 3);
        executor.Run(burst.Frames, 1);
        return burst.Frames[0].Verdict;
    }

    /// <summary>Runs <c>main</c>, which must be stopped, and answers why.</summary>
    public static string Fault(EngineKind engine, CollectionSpec spec, byte[]? packet = null, MachineOptions? options = null) =>
        Assert.Throws<ProgramFaultException>(() => Run(engine, spec, packet, options)).Reason;
}
