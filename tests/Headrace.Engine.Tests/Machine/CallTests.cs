using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine.Tests;

public class CallTests
{
    public static TheoryData<EngineKind> All => Engines.All;

    private static MapSpec Programs(params string?[] names)
    {
        MapSpec map = TestProgram.Map("programs", MapType.ProgramArray, 4, 4, 8);
        for (int i = 0; i < names.Length; i++)
        {
            if (names[i] is { } name)
                map.Entries.Add(new MapEntrySpec([(byte)i, 0, 0, 0], null, name));
        }
        return map;
    }

    private static string TailCall(int index) => $"""
        r2 = map[programs] ll
        r3 = {index}
        call bpf_tail_call#12
        """;

    [Theory, MemberData(nameof(All))]
    public void Tail_call_replaces_the_program(EngineKind engine)
    {
        CollectionSpec spec = TestProgram.Spec($"{TailCall(1)}\nr0 = 1\nexit", ProgramType.Xdp, Programs(null, "next"));
        TestProgram.Add(spec, "next", "r0 = *(u32 *)(r1 +12)\nexit");
        Assert.Equal(7u, TestProgram.Run(engine, spec));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(-1)]
    public void Tail_call_to_nothing_goes_on(int index)
    {
        foreach (EngineKind engine in Enum.GetValues<EngineKind>())
            Assert.Equal(2u, TestProgram.Run(engine, TestProgram.Spec($"{TailCall(index)}\nr0 = 2\nexit", ProgramType.Xdp, Programs())));
    }

    [Theory, MemberData(nameof(All))]
    public void Tail_calls_end_after_33(EngineKind engine)
    {
        string text = $"""
            r6 = r1
            *(u32 *)(r10 -4) = 0
            r2 = r10
            r2 += -4
            r1 = map[counts] ll
            call bpf_map_lookup_elem#1
            if r0 == 0 goto out
            r7 = r0
            r8 = 1
            lock *(u64 *)(r7 +0) += r8
            r1 = r6
            {TailCall(0)}
            r0 = *(u64 *)(r7 +0)
            out:
            exit
            """;
        CollectionSpec spec = TestProgram.Spec(text, ProgramType.Xdp, TestProgram.Array("counts"), Programs("main"));
        Assert.Equal(34u, TestProgram.Run(engine, spec));
    }

    [Theory, MemberData(nameof(All))]
    public void Tail_call_in_a_function_returns_to_its_caller(EngineKind engine)
    {
        string text = $"""
            r6 = 100
            call f
            r0 += r6
            exit
            f:
            {TailCall(0)}
            r0 = 1
            exit
            """;
        CollectionSpec spec = TestProgram.Spec(text, ProgramType.Xdp, Programs("next"));
        TestProgram.Add(spec, "next", "r6 = 5\nr0 = 7\nexit");
        Assert.Equal(107u, TestProgram.Run(engine, spec));
    }

    private const string Loop = """
        *(u64 *)(r10 -8) = 0
        r1 = COUNT
        r2 = subprog[+7] ll
        r3 = r10
        r3 += -8
        r4 = 0
        call bpf_loop#181
        r0 = *(u64 *)(r10 -8)
        exit
        r3 = *(u64 *)(r2 +0)
        r3 += r1
        *(u64 *)(r2 +0) = r3
        r0 = 0
        if r1 != 4 goto +1
        r0 = 1
        exit
        """;

    [Theory, MemberData(nameof(All))]
    public void Callback_gets_its_arguments_and_ends_the_loop(EngineKind engine)
    {
        Assert.Equal(0u + 1 + 2, TestProgram.Run(engine, TestProgram.Spec(Loop.Replace("COUNT", "3", StringComparison.Ordinal))));
        Assert.Equal(0u + 1 + 2 + 3 + 4, TestProgram.Run(engine, TestProgram.Spec(Loop.Replace("COUNT", "100", StringComparison.Ordinal))));
    }

    [Theory, MemberData(nameof(All))]
    public void Callback_leaves_the_callers_registers_alone(EngineKind engine)
    {
        const string Text = """
            r6 = 6
            r7 = 7
            r1 = 2
            r2 = subprog[+7] ll
            r3 = 0
            r4 = 0
            call bpf_loop#181
            r0 += r6
            r0 += r7
            exit
            r6 = 60
            r7 = 70
            r0 = 0
            exit
            """;
        Assert.Equal(15u, TestProgram.Run(engine, TestProgram.Spec(Text)));
    }

    [Theory, MemberData(nameof(All))]
    public void Program_without_end_is_stopped_by_its_budget(EngineKind engine)
    {
        string fault = TestProgram.Fault(engine, TestProgram.Spec("r0 = 0\nloop:\nr0 += 1\ngoto loop"), null, new MachineOptions { Budget = 1000 });
        Assert.StartsWith("runs more than 1000 instructions in loops and functions", fault, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(All))]
    public void Loop_pays_for_its_length_and_calls_for_the_function(EngineKind engine)
    {
        string loop = $"r1 = 0\nloop:\n{string.Concat(Enumerable.Repeat("r0 = 7\n", 97))}r1 += 1\nif r1 != ROUNDS goto loop\nexit";
        Assert.Equal(7u, TestProgram.Run(engine, TestProgram.Spec(loop.Replace("ROUNDS", "11", StringComparison.Ordinal)), null, new MachineOptions { Budget = 1000 }));
        TestProgram.Fault(engine, TestProgram.Spec(loop.Replace("ROUNDS", "12", StringComparison.Ordinal)), null, new MachineOptions { Budget = 1000 });

        string calls = $"r1 = ROUNDS\nr2 = subprog[f] ll\nr3 = 0\nr4 = 0\ncall bpf_loop#181\nexit\nf:\n{string.Concat(Enumerable.Repeat("r0 = 0\n", 99))}exit";
        Assert.Equal(10u, TestProgram.Run(engine, TestProgram.Spec(calls.Replace("ROUNDS", "10", StringComparison.Ordinal)), null, new MachineOptions { Budget = 1000 }));
        TestProgram.Fault(engine, TestProgram.Spec(calls.Replace("ROUNDS", "11", StringComparison.Ordinal)), null, new MachineOptions { Budget = 1000 });
    }

    [Theory, MemberData(nameof(All))]
    public void Helpers_pay_for_long_arguments(EngineKind engine)
    {
        const string Text = "r6 = 0\nloop:\nr1 = 0\nr2 = 0\nr3 = map[large][0]+0 ll\nr4 = 65536\nr5 = 0\ncall bpf_csum_diff#28\nr6 += 1\nif r6 != 4 goto loop\nr0 = 1\nexit";
        CollectionSpec spec = TestProgram.Spec(Text, maps: TestProgram.Array("large", 65536));
        Assert.Equal(1u, TestProgram.Run(engine, spec, null, new MachineOptions { Budget = 4096 }));
        Assert.StartsWith("runs more than", TestProgram.Fault(engine, spec, null, new MachineOptions { Budget = 4095 }), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(All))]
    public void Budget_is_each_packets_own(EngineKind engine)
    {
        const string Text = "r0 = 0\nloop:\nr0 += 1\nif r0 != 450 goto loop\nexit";
        using Collection collection = TestProgram.Load(TestProgram.Spec(Text));
        using Executor executor = collection.Programs["main"].CreateExecutor(engine, new MachineOptions { Budget = 1000 });
        using var burst = new PacketBurst(3);
        for (int i = 0; i < 3; i++)
            burst.Add(new byte[60]);
        unsafe
        {
            executor.Run(burst.Frames, 3);
            Assert.Equal(450u, burst.Frames[2].Verdict);
        }
    }
}
