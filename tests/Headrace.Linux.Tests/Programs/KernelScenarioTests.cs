using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Objects;
using Headrace.Testing;

namespace Headrace.Linux.Tests;

/// <summary>The committed programs do inside the kernel what their scenarios say.</summary>
public class KernelScenarioTests
{
    public static TheoryData<int, string> Names => new(Scenarios.All.Select((scenario, index) => (index, scenario.ToString())));

    [Theory, MemberData(nameof(Names))]
    public void Answers_as_its_scenario_says(int index, string name)
    {
        RequiresKernel.OrSkip();
        Assert.Equal(name, Scenarios.All[index].ToString());
        Scenarios.All[index].Check((spec, program) => new KernelScenario(spec, program));
    }

    private sealed unsafe class KernelScenario : IScenarioEngine
    {
        private readonly KernelCollection _collection;
        private readonly KernelEngine _engine;
        private readonly PacketBurst _burst;

        public KernelScenario(CollectionSpec spec, string program)
        {
            _collection = KernelCollection.Load(spec);
            _engine = new KernelEngine(_collection.Programs[program]);
            _burst = new PacketBurst(1, spec.Programs[program].Type != ProgramType.Xdp);
        }

        public (uint Verdict, byte[] Packet) Run(byte[] packet)
        {
            _burst.Clear();
            _burst.Add(packet);
            _engine.Run(_burst.Frames, 1);
            return (_burst.Frames->Verdict, _burst[0].ToArray());
        }

        public byte[]? Lookup(string map, byte[] key)
        {
            var found = _collection.Maps[map];
            byte[] value = new byte[found.ValueBufferSize];
            return found.Lookup(key, value) ? value : null;
        }

        public void Dispose()
        {
            _burst.Dispose();
            _engine.Dispose();
            _collection.Dispose();
        }
    }
}
