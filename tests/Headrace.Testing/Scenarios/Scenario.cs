using Headrace.Bytecode;
using Headrace.Objects;
using Xunit;

namespace Headrace.Testing;

/// <summary>What a committed program must do: map contents and settings before, packets in and out, map contents after. The same for every engine.</summary>
public sealed record Scenario(string Object, string Name)
{
    public const uint Aborted = 0, Drop = 1, Pass = 2, Tx = 3, Redirect = 4;

    /// <summary>The program; that of the object's name when it has several.</summary>
    public string Program { get; init; } = Object;

    /// <summary>Global variables to set: name and bytes.</summary>
    public (string Variable, byte[] Value)[] Settings { get; init; } = [];

    /// <summary>Elements to put before: map, key, value.</summary>
    public (string Map, byte[] Key, byte[] Value)[] Entries { get; init; } = [];

    public required ScenarioStep[] Steps { get; init; }

    public MapExpectation[] After { get; init; } = [];

    /// <summary>Loads the object, sets it up, and compares every packet and map element.</summary>
    /// <param name="load">Loads the collection on the engine under test and answers the program of that name.</param>
    public void Check(Func<CollectionSpec, string, IScenarioEngine> load)
    {
        CollectionSpec spec = Set();
        using var engine = load(spec, Program);
        for (int i = 0; i < Steps.Length; i++)
            CheckStep(engine, Steps[i], i);
        foreach (var expectation in After)
            CheckMap(engine, spec.Maps[expectation.Map], expectation);
    }

    /// <summary>The object with its settings and elements.</summary>
    public CollectionSpec Set()
    {
        var spec = CollectionSpec.Load(Path.Combine(Repository.Programs, Object + ".bpf.o"));
        foreach (var (variable, value) in Settings)
            value.CopyTo(spec.Variables[variable].Bytes);
        foreach (var (map, key, value) in Entries)
            spec.Maps[map].Entries.Add(new MapEntrySpec(key, value));
        return spec;
    }

    public override string ToString() => $"{Object}: {Name}";

    private void CheckStep(IScenarioEngine engine, ScenarioStep step, int index)
    {
        var (verdict, packet) = engine.Run(step.Packet);
        byte[] expected = step.Expected ?? step.Packet;
        Assert.True(verdict == step.Verdict && packet.AsSpan().SequenceEqual(expected),
            $"{this}, packet {index}: verdict {verdict}, expected {step.Verdict}\n  in       {Convert.ToHexString(step.Packet)}\n  out      {Convert.ToHexString(packet)}\n  expected {Convert.ToHexString(expected)}");
    }

    private void CheckMap(IScenarioEngine engine, MapSpec map, MapExpectation expectation)
    {
        byte[]? value = engine.Lookup(map.Name, expectation.Key);
        if (value is not null && map.Type is MapType.PerCpuArray or MapType.PerCpuHash or MapType.LruPerCpuHash)
            value = SumOverCpus(value!, (int)(map.ValueSize + 7) & ~7);
        Assert.True(value is null ? expectation.Value is null : expectation.Value is not null && value.AsSpan().SequenceEqual(expectation.Value),
            $"{this}, map '{map.Name}' key {Convert.ToHexString(expectation.Key)}: {Hex(value)}, expected {Hex(expectation.Value)}");
    }

    private static byte[] SumOverCpus(byte[] values, int stride)
    {
        byte[] sum = new byte[stride];
        for (int at = 0; at < values.Length; at += 8)
        {
            ulong word = BitConverter.ToUInt64(sum, at % stride) + BitConverter.ToUInt64(values, at);
            BitConverter.TryWriteBytes(sum.AsSpan(at % stride), word);
        }
        return sum;
    }

    private static string Hex(byte[]? bytes) => bytes is null ? "no element" : Convert.ToHexString(bytes);
}
