using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine.Tests;

/// <summary>Chains of tail calls whose targets are known when a program is compiled, and what becomes of them when the array changes.</summary>
public unsafe class TailCallTests
{
    public static TheoryData<EngineKind> All => Engines.All;

    private static CollectionSpec Chain(params string[] links)
    {
        MapSpec programs = TestProgram.Map("programs", MapType.ProgramArray, 4, 4, 8);
        CollectionSpec spec = TestProgram.Spec(links[0], ProgramType.Xdp, programs, TestProgram.Array("counts"));
        for (int i = 1; i < links.Length; i++)
        {
            TestProgram.Add(spec, $"link{i}", links[i]);
            programs.Entries.Add(new MapEntrySpec([(byte)i, 0, 0, 0], null, $"link{i}"));
        }
        return spec;
    }

    private static string Call(int index, string then) => $"""
        r2 = map[programs] ll
        r3 = {index}
        call bpf_tail_call#12
        {then}
        """;

    [Theory, MemberData(nameof(All))]
    public void Changes_of_the_array_count_at_once(EngineKind engine)
    {
        using Collection collection = TestProgram.Load(Chain(Call(1, "r0 = 90\nexit"), Call(2, "r0 = 91\nexit"), "r0 = 2\nexit", "r0 = 3\nexit"));
        Map programs = collection.Maps["programs"];
        using Executor executor = collection.Programs["main"].CreateExecutor(engine);
        using var burst = new PacketBurst(2);
        burst.Add(new byte[64]);
        burst.Add(new byte[64]);
        Assert.Equal(2u, Run());
        programs.SetProgram(2, collection.Programs["link3"]);
        Assert.Equal(3u, Run());
        programs.Delete([2, 0, 0, 0]);
        Assert.Equal(91u, Run());
        programs.Delete([1, 0, 0, 0]);
        Assert.Equal(90u, Run());
        programs.SetProgram(1, collection.Programs["link3"]);
        Assert.Equal(3u, Run());

        uint Run()
        {
            executor.Run(burst.Frames, 2);
            Assert.Equal(burst.Frames[0].Verdict, burst.Frames[1].Verdict);
            return burst.Frames[1].Verdict;
        }
    }

    [Theory, MemberData(nameof(All))]
    public void A_fault_names_the_program_and_instruction_it_happens_in(EngineKind engine)
    {
        using Collection collection = TestProgram.Load(Chain(Call(1, "exit"), "r2 = *(u32 *)(r1 +0)\nr0 = *(u8 *)(r2 +70)\nexit"));
        using Executor executor = collection.Programs["main"].CreateExecutor(engine);
        using var burst = new PacketBurst(3);
        burst.Add(new byte[80]);
        burst.Add(new byte[80]);
        burst.Add(new byte[64]);
        var fault = Assert.Throws<ProgramFaultException>(() => executor.Run(burst.Frames, 3));
        Assert.Equal(("link1", 1), (fault.Program, fault.Instruction));
        // Programs before it in the chain are themselves again afterwards.
        executor.Run(burst.Frames, 2);
        Assert.Equal(0u, burst.Frames[1].Verdict);
    }

    // Two programs that call each other: known targets and unknown ones together make 33 calls.
    [Theory, MemberData(nameof(All))]
    public void Known_and_unknown_targets_count_alike(EngineKind engine)
    {
        string counts(int next) => $"""
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
            {Call(next, "r0 = *(u64 *)(r7 +0)")}
            out:
            exit
            """;
        using Collection collection = TestProgram.Load(Chain(counts(1), counts(2), counts(1)));
        using Executor executor = collection.Programs["main"].CreateExecutor(engine);
        using var burst = new PacketBurst(2);
        burst.Add(new byte[64]);
        burst.Add(new byte[64]);
        executor.Run(burst.Frames, 2);
        Assert.Equal([34u, 68u], [burst.Frames[0].Verdict, burst.Frames[1].Verdict]);
    }

    // The record is given back at the end of the run that reserved it, not later.
    [Theory, MemberData(nameof(All))]
    public void What_a_target_holds_at_its_exit_is_given_back(EngineKind engine)
    {
        CollectionSpec spec = TestProgram.Spec(Call(1, "exit"), ProgramType.Xdp,
            TestProgram.Map("programs", MapType.ProgramArray, 4, 4, 8), TestProgram.Map("ring", MapType.RingBuffer, 0, 0, 4096));
        TestProgram.Add(spec, "link1", "r1 = map[ring] ll\nr2 = 3000\nr3 = 0\ncall bpf_ringbuf_reserve#131\nr1 = r0\nr0 = 0\nif r1 == 0 goto out\nr0 = 1\nout:\nexit");
        spec.Maps["programs"].Entries.Add(new MapEntrySpec([1, 0, 0, 0], null, "link1"));
        using Collection collection = TestProgram.Load(spec);
        using Executor executor = collection.Programs["main"].CreateExecutor(engine);
        using var burst = new PacketBurst(1);
        burst.Add(new byte[64]);
        executor.Run(burst.Frames, 1);
        Assert.Equal(1u, burst.Frames[0].Verdict);
        var reader = new RingBufferReader(collection.Maps["ring"]);
        Assert.False(reader.TryRead(out _)); // passes over what was given back: there is room for another one
        executor.Run(burst.Frames, 1);
        Assert.Equal(1u, burst.Frames[0].Verdict);
    }

    // The last of the chain looks at nothing of the machine, so that only its callers know what the machine was told.
    [Theory, MemberData(nameof(All))]
    public void After_a_chain_the_next_packet_runs_in_its_own_program(EngineKind engine)
    {
        CollectionSpec spec = TestProgram.Spec($"r7 = *(u32 *)(r1 +8)\n{Call(1, "r0 = r7\nexit")}", ProgramType.SchedCls,
            TestProgram.Map("programs", MapType.ProgramArray, 4, 4, 8));
        TestProgram.Add(spec, "link1", $"r7 = *(u32 *)(r1 +8)\n{Call(2, "r0 = r7\nexit")}", ProgramType.SchedCls);
        TestProgram.Add(spec, "link2", "r0 = 2\nexit", ProgramType.SchedCls);
        for (byte i = 1; i <= 2; i++)
            spec.Maps["programs"].Entries.Add(new MapEntrySpec([i, 0, 0, 0], null, $"link{i}"));
        using var collection = Collection.Load(spec);
        using Executor executor = collection.Programs["main"].CreateExecutor(engine);
        using var burst = new PacketBurst(2, socketBuffers: true);
        burst.Add(new byte[64]);
        burst.Add(new byte[64]);
        burst.Frames[1].Skb = null;
        var fault = Assert.Throws<ProgramFaultException>(() => executor.Run(burst.Frames, 2));
        Assert.Equal(("main", 0, 2u), (fault.Program, fault.Instruction, burst.Frames[0].Verdict));
    }
}
