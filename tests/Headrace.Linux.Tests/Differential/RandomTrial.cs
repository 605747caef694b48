using Headrace.Dataflow;
using Headrace.Engine;
using Headrace.Objects;
using Headrace.Verifier;

namespace Headrace.Linux.Tests.Differential;

/// <summary>Where random programs are tried on every engine and in the kernel: maps and packet buffers that serve one program after the other.</summary>
/// <remarks>Making maps costs the kernel more than running a small program: they are emptied instead. Not shared between threads.</remarks>
internal sealed class RandomTrial : IDisposable
{
    private const int PacketsPerProgram = 3;

    // Verifying and building a graph of its own costs as much as all the rest.
    private const ulong VariantEvery = 3;

    private static readonly EngineKind[] s_engines = Enum.GetValues<EngineKind>();

    private readonly Dictionary<string, KernelMap> _kernelMaps = [];
    private readonly Dictionary<string, Map> _maps = [];
    private readonly PacketBurst _kernelPackets = new(PacketsPerProgram);
    private readonly PacketBurst _packets = new(PacketsPerProgram);

    public RandomTrial()
    {
        foreach (MapSpec spec in RandomMaps.Specs())
        {
            _kernelMaps.Add(spec.Name, KernelMap.Create(spec));
            _maps.Add(spec.Name, Map.Create(spec));
        }
    }

    /// <summary>Runs a program everywhere.</summary>
    /// <returns>What differs, or null when all agree.</returns>
    /// <exception cref="KernelException">The kernel does not accept the program: there is nothing to compare with.</exception>
    public string? Difference(RandomProgram program)
    {
        CollectionSpec spec = program.ToSpec();
        using KernelProgram kernelProgram = KernelProgram.Load(spec.Programs[0], [.. _kernelMaps.Values]);
        using var kernel = new KernelSubject(kernelProgram, _kernelMaps, _kernelPackets);
        FillKernelMaps();
        Fill(_kernelPackets, program.Seed);
        kernel.Run();

        // The kernel has taken it: here engines are compared, not verdicts.
        using Collection collection = Collection.Load(spec, new EngineOptions { Maps = _maps, Unverified = true, UnverifiedOnAllEngines = true });
        LoadedProgram loaded = collection.Programs[spec.Programs[0].Name];
        foreach (EngineKind kind in s_engines)
        {
            if (Difference(kernel, new EngineSubject(loaded, kind, _maps, _packets), program.Seed) is { } difference)
                return kind == EngineKind.Dataflow ? difference + Suspects(kernel, loaded, program.Seed) : difference;
        }
        return program.Seed % VariantEvery == 0 ? VariantDifference(kernel, loaded, spec, program.Seed) : null;
    }

    private string? Difference(KernelSubject kernel, EngineSubject subject, ulong seed)
    {
        using (subject)
        {
            FillMaps();
            Fill(_packets, seed);
            subject.Run();
            return Differential.Difference.Find(kernel, subject, _maps.Keys);
        }
    }

    /// <summary>The passes without which the difference goes away.</summary>
    private string Suspects(KernelSubject kernel, LoadedProgram loaded, ulong seed)
    {
        string[] suspects = [.. PassPipeline.Names.Where(pass => Difference(kernel, Variant(PassOptions.Without(pass)), seed) is null)];
        return suspects.Length > 0 ? $"\nagrees without {string.Join(" or without ", suspects)}"
            : Difference(kernel, Variant(PassOptions.None), seed) is null ? "\nagrees without any pass" : "\ndiffers without any pass too";

        EngineSubject Variant(PassOptions passes) => new("dataflow", new DataflowExecutor(loaded, loaded.BuildGraph(passes)), _maps, _packets);
    }

    /// <summary>The graph once more: on the verifier's word, with one pass off, or none or all; as tokens in every order that links allow, and as code.</summary>
    private string? VariantDifference(KernelSubject kernel, LoadedProgram loaded, CollectionSpec spec, ulong seed)
    {
        int choice = (int)(seed / VariantEvery % (ulong)(PassPipeline.Names.Count + 2));
        PassOptions passes = choice < PassPipeline.Names.Count ? PassOptions.Without(PassPipeline.Names[choice])
            : choice == PassPipeline.Names.Count ? PassOptions.None : PassOptions.All;
        Graph graph = Graph.Build(spec, spec.Programs[0], ProgramVerifier.Verify(spec, spec.Programs[0]).Program);
        PassPipeline.Run(graph, passes);
        if (GraphCheck.Find(graph) is { } problem)
            throw new InvalidOperationException($"seed {seed}: {problem}");
        var executor = new DataflowExecutor(loaded, null, graph, new SimulationOptions(PacketsPerProgram, Disorder: seed));
        string without = string.Join(", ", passes.Disabled);
        return Difference(kernel, new EngineSubject($"dataflow without {without}", executor, _maps, _packets), seed)
            ?? Difference(kernel, new EngineSubject($"jit without {without}", new JitExecutor(loaded, graph), _maps, _packets), seed);
    }

    public void Dispose()
    {
        foreach (KernelMap map in _kernelMaps.Values)
            map.Dispose();
        foreach (Map map in _maps.Values)
            map.Dispose();
        _kernelPackets.Dispose();
        _packets.Dispose();
    }

    // One packet is often too short for the program's first check, one fills more than the smallest frame.
    private static void Fill(PacketBurst packets, ulong seed)
    {
        var random = new SeededRandom(~seed);
        packets.Clear();
        packets.Add(random.Bytes(random.Between(KernelPacketRule.MinLength, 2 * ProgramLayout.PacketProven)));
        packets.Add(random.Bytes(64));
        packets.Add(random.Bytes(random.Between(ProgramLayout.PacketProven, 300)));
    }

    private void FillKernelMaps()
    {
        KernelMap hash = _kernelMaps["hash"];
        foreach (byte[] key in hash.Keys().ToList())
            hash.Delete(key);
        foreach ((string map, byte[] key, byte[] value) in InitialElements())
            _kernelMaps[map].Update(key, value);
    }

    private void FillMaps()
    {
        Map hash = _maps["hash"];
        foreach (byte[] key in hash.Entries().Select(entry => entry.Key).ToList())
            hash.Delete(key);
        foreach ((string map, byte[] key, byte[] value) in InitialElements())
            _maps[map].Update(key, value);
    }

    private static IEnumerable<(string Map, byte[] Key, byte[] Value)> InitialElements()
    {
        for (byte key = 0; key < RandomMaps.ArrayEntries; key++)
            yield return ("array", [key, 0, 0, 0], [.. Enumerable.Range(0, RandomMaps.ArrayValue).Select(i => (byte)(i * 37 + key))]);
        for (byte key = 0; key < RandomMaps.HashKeys; key += 3)
            yield return ("hash", [key, 0, 0, 0], [.. Enumerable.Range(0, RandomMaps.HashValue).Select(i => (byte)(i * 11 + key))]);
    }
}
