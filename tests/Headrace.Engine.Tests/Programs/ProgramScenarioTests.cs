using Headrace.Bytecode;
using Headrace.Objects;
using Headrace.Testing;

namespace Headrace.Engine.Tests;

/// <summary>The committed programs do on every engine of ours what their scenarios say.</summary>
public class ProgramScenarioTests
{
    public static TheoryData<int, EngineKind, string> Names => new(
        from kind in Enum.GetValues<EngineKind>()
        from index in Enumerable.Range(0, Scenarios.All.Count)
        select (index, kind, Scenarios.All[index].ToString()));

    [Theory, MemberData(nameof(Names))]
    public void Answers_as_its_scenario_says(int index, EngineKind kind, string name)
    {
        Assert.Equal(name, Scenarios.All[index].ToString());
        Scenarios.All[index].Check((spec, program) => new EngineScenario(spec, program, kind));
    }

    private sealed unsafe class EngineScenario : IScenarioEngine
    {
        private readonly Collection _collection;
        private readonly Executor _executor;
        private readonly PacketBurst _burst;

        public EngineScenario(CollectionSpec spec, string program, EngineKind kind)
        {
            _collection = Collection.Load(spec);
            _executor = _collection.Programs[program].CreateExecutor(kind);
            _burst = new PacketBurst(1, spec.Programs[program].Type != ProgramType.Xdp);
        }

        public (uint Verdict, byte[] Packet) Run(byte[] packet)
        {
            _burst.Clear();
            _burst.Add(packet);
            _executor.Run(_burst.Frames, 1);
            return (_burst.Frames->Verdict, _burst[0].ToArray());
        }

        public byte[]? Lookup(string map, byte[] key)
        {
            var found = _collection.Maps[map];
            byte[] value = new byte[found.UserValueSize];
            return found.TryLookup(key, value) ? value : null;
        }

        public void Dispose()
        {
            _burst.Dispose();
            _executor.Dispose();
            _collection.Dispose();
        }
    }
}
