using Headrace.Bytecode;
using Headrace.Dataflow;
using Headrace.Objects;
using Headrace.Testing;

namespace Headrace.Engine.Tests.Dataflow;

/// <summary>Programs do the same whichever pass is switched off, in every order of firing that the graph's links allow.</summary>
public unsafe class PassSwitchTests(ITestOutputHelper output)
{
    private const string None = "(none)", All = "(all)";

    public static TheoryData<string> Switches => [.. PassPipeline.Names, None, All];

    [Theory, MemberData(nameof(Switches))]
    public void Vectors_answer_the_same_without(string disabled)
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"disorder {seed}");
        foreach (InstructionVector vector in InstructionVector.All.Where(vector => !vector.Text.Contains("may_goto", StringComparison.Ordinal)))
            Check(vector, disabled, seed);
    }

    [Theory, MemberData(nameof(Switches))]
    public void Programs_do_what_their_scenarios_say_without(string disabled)
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"disorder {seed}");
        foreach (Scenario scenario in Scenarios.All)
        {
            scenario.Check((spec, program) => new ScenarioEngine(spec, program,
                (loaded, graph) => new DataflowExecutor(loaded, null, graph, new SimulationOptions(Disorder: seed)), disabled));
            scenario.Check((spec, program) => new ScenarioEngine(spec, program, (loaded, graph) => new JitExecutor(loaded, graph), disabled));
        }
    }

    private static PassOptions Options(string disabled) => disabled switch
    {
        None => PassOptions.All,
        All => PassOptions.None,
        _ => PassOptions.Without(disabled),
    };

    private static void Check(InstructionVector vector, string disabled, ulong seed)
    {
        using LoadedProgram program = LoadedProgram.LoadPlain(vector.Program, $"line {vector.Line}");
        Graph graph = program.BuildGraph(Options(disabled));
        Assert.True(GraphCheck.Find(graph) is null, $"line {vector.Line}: {vector.Text}\n  {GraphCheck.Find(graph)}");
        var options = new MachineOptions { Budget = 100_000 };
        using var tokens = new DataflowExecutor(program, options, graph, new SimulationOptions(Disorder: seed));
        Check(vector, tokens, $"{disabled}, disorder {seed}, tokens");
        using var jit = new JitExecutor(program, graph, options);
        Check(vector, jit, $"{disabled} jit");
    }

    private static void Check(InstructionVector vector, Executor executor, string what)
    {
        byte[] memory = [.. vector.Memory];
        ulong? result = null;
        string? fault = null;
        fixed (byte* start = memory)
        {
            try
            {
                result = executor.Invoke(memory.Length == 0 ? null : start, (nuint)memory.Length);
            }
            catch (ProgramFaultException exception)
            {
                fault = exception.Reason;
            }
        }
        Assert.True(vector.Fault is null ? result == vector.Result : fault?.Contains(vector.Fault, StringComparison.Ordinal) == true,
            $"line {vector.Line}: {vector.Text}\n  without {what} answers {(fault is null ? $"0x{result:x}" : "fault: " + fault)}");
    }

    private sealed class ScenarioEngine : IScenarioEngine
    {
        private readonly Collection _collection;
        private readonly Executor _executor;
        private readonly PacketBurst _burst;

        public ScenarioEngine(CollectionSpec spec, string program, Func<LoadedProgram, Graph, Executor> make, string disabled)
        {
            _collection = Collection.Load(spec);
            LoadedProgram loaded = _collection.Programs[program];
            _executor = make(loaded, loaded.BuildGraph(Options(disabled)));
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
            Map found = _collection.Maps[map];
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
