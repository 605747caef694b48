using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine.Tests.Jit;

/// <summary>Programs that look safe to an analysis that believes too much: every engine stops them, and at the same instruction.</summary>
public unsafe class UnsafeProofTests
{
    public static TheoryData<EngineKind> All => Engines.All;

    private static string ValueIn(string register, string map) => $"""
        *(u32 *)(r10 -4) = 0
        r2 = r10
        r2 += -4
        r1 = map[{map}] ll
        call bpf_map_lookup_elem#1
        if r0 == 0 goto out
        {register} = r0
        """;

    [Theory]
    [InlineData("if r6 > 15 goto out\nif r6 == 15 goto out")]
    [InlineData("if r6 > 15 goto out\nif r6 == 13 goto out")]
    [InlineData("if r6 s> 15 goto out\nif r6 == 15 goto out\nif r6 == 14 goto out")]
    [InlineData("if w6 > 15 goto out\nif w6 == 15 goto out")]
    public void Bounds_between_the_multiples_a_number_can_be_exclude_none(string branches)
    {
        // r6 is 12 here; a value of 12 bytes has none at 12.
        string text = $"""
            r6 = *(u32 *)(r1 +12)
            r6 += 5
            r6 &= 28
            {ValueIn("r7", "values")}
            {branches}
            r7 += r6
            r0 = *(u8 *)(r7 +0)
            exit
            out:
            r0 = 99
            exit
            """;
        foreach (EngineKind engine in Enum.GetValues<EngineKind>())
            Assert.Contains("values+12", TestProgram.Fault(engine, TestProgram.Spec(text, maps: TestProgram.Array("values", 12))), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(All))]
    public void Context_pointer_cut_with_its_sign_is_a_number(EngineKind engine) =>
        TestProgram.Fault(engine, TestProgram.Spec("r2 = *(s32 *)(r1 +0)\nr3 = *(u32 *)(r1 +4)\nr4 = r2\nr4 += 8\nif r4 > r3 goto out\nout:\nr0 = *(u64 *)(r2 +0)\nexit"));

    [Theory, MemberData(nameof(All))]
    public void Word_loaded_from_a_context_nobody_knew_of_is_a_pointer(EngineKind engine)
    {
        // A packet pointer shifted right is far more than 16 bits: gigabytes, where none of the program's own memory lies by chance.
        string text = $"""
            r3 = r1
            r1 = 1
            r2 = subprog[body] ll
            r4 = 0
            call bpf_loop#181
            exit
            body:
            r6 = *(u32 *)(r2 +0)
            r6 >>= 16
            {ValueIn("r7", "values")}
            r7 += r6
            r0 = *(u8 *)(r7 +0)
            out:
            exit
            """;
        TestProgram.Fault(engine, TestProgram.Spec(text, maps: TestProgram.Array("values", 1 << 16)));
    }

    [Theory, MemberData(nameof(All))]
    public void Packet_that_a_tail_call_in_a_function_cut_is_shorter(EngineKind engine)
    {
        MapSpec programs = TestProgram.Map("programs", MapType.ProgramArray, 4, 4, 1);
        programs.Entries.Add(new MapEntrySpec([0, 0, 0, 0], null, "cut"));
        CollectionSpec spec = TestProgram.Spec("""
            r6 = *(u32 *)(r1 +0)
            r3 = *(u32 *)(r1 +4)
            r4 = r6
            r4 += 64
            if r4 > r3 goto out
            call f
            r0 = *(u8 *)(r6 +63)
            exit
            out:
            r0 = 99
            exit
            f:
            r2 = map[programs] ll
            r3 = 0
            call bpf_tail_call#12
            r0 = 0
            exit
            """, maps: programs);
        TestProgram.Add(spec, "cut", "r2 = -20\ncall bpf_xdp_adjust_tail#65\nexit");
        Assert.Contains("packet+63", TestProgram.Fault(engine, spec), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(All))]
    public void Key_longer_than_any_field_is_not_looked_for_in_the_context(EngineKind engine) =>
        TestProgram.Fault(engine, TestProgram.Spec("r2 = r1\nr2 += 20\nr1 = map[keys] ll\ncall bpf_map_lookup_elem#1\nr0 = 0\nexit",
            maps: TestProgram.Map("keys", MapType.Hash, 512, 8, 4)));

    [Theory, MemberData(nameof(All))]
    public void Socket_buffer_field_of_a_frame_without_one_is_a_fault(EngineKind engine)
    {
        foreach (string text in (string[])["r0 = *(u32 *)(r1 +8)\nexit", "r2 = 7\n*(u32 *)(r1 +8) = r2\nr0 = 0\nexit"])
        {
            using Collection collection = TestProgram.Load(TestProgram.Spec(text, ProgramType.SchedCls));
            using Executor executor = collection.Programs["main"].CreateExecutor(engine);
            using var burst = new PacketBurst(1);
            burst.Add(new byte[64]);
            ProgramFaultException fault = Assert.Throws<ProgramFaultException>(() => executor.Run(burst.Frames, 1));
            Assert.Contains("socket-buffer field", fault.Reason, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(All))]
    public void Function_of_another_program_is_not_called_back(EngineKind engine)
    {
        CollectionSpec spec = TestProgram.Spec("""
            r1 = map[shared][0]+0 ll
            r2 = *(u64 *)(r1 +0)
            if r2 == 0 goto publish
            r1 = 1
            r3 = 0
            r4 = 0
            call bpf_loop#181
            exit
            publish:
            r0 = 0
            exit
            """, maps: TestProgram.Array("shared"));
        TestProgram.Add(spec, "other", "r1 = map[shared][0]+0 ll\nr2 = subprog[f] ll\n*(u64 *)(r1 +0) = r2\nr0 = 0\nexit\nf:\nr0 = 0\nexit");
        using Collection collection = TestProgram.Load(spec);
        TestProgram.Run(engine, collection.Programs["other"]);
        ProgramFaultException fault = Assert.Throws<ProgramFaultException>(() => TestProgram.Run(engine, collection.Programs["main"]));
        Assert.Contains("'other', another program", fault.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("r1 = 1\nr2 = 0\ncall bpf_redirect#23\nexit", "no packet")]
    [InlineData("r0 = *(u64 *)(r3 +0)\nexit", null)]
    [InlineData("r0 = *(u64 *)(r1 +0)\nexit", "")]
    public void Callback_of_a_timer_has_no_packet(string body, string? fault)
    {
        string text = $"""
            {ValueIn("r7", "timers")}
            r1 = r7
            r2 = map[timers] ll
            r3 = 1
            call bpf_timer_init#169
            r1 = r7
            r2 = subprog[expired] ll
            call bpf_timer_set_callback#170
            r1 = r7
            r2 = 0
            r3 = 0
            call bpf_timer_start#171
            out:
            r0 = 2
            exit
            expired:
            {body}
            """;
        foreach (EngineKind engine in Enum.GetValues<EngineKind>())
        {
            using Collection collection = TestProgram.Load(TestProgram.Spec(text, maps: TestProgram.Array("timers", 24)));
            using Executor executor = collection.Programs["main"].CreateExecutor(engine);
            using var burst = new PacketBurst(1);
            burst.Add(new byte[64]);
            executor.Run(burst.Frames, 1);
            if (fault is null)
                Assert.Equal(1, executor.Machine.RunTimers());
            else
                Assert.Throws<ProgramFaultException>(() => executor.Machine.RunTimers());
        }
    }

    [Theory, MemberData(nameof(All))]
    public void What_a_stopped_program_held_is_given_back(EngineKind engine)
    {
        string text = $"""
            {ValueIn("r7", "locks")}
            r1 = r7
            call bpf_spin_lock#93
            r1 = 16
            r0 = *(u8 *)(r1 +0)
            out:
            exit
            """;
        using Collection collection = TestProgram.Load(TestProgram.Spec(text, maps: TestProgram.Array("locks", 8)));
        for (int i = 0; i < 2; i++)
        {
            ProgramFaultException fault = Assert.Throws<ProgramFaultException>(() => TestProgram.Run(engine, collection.Programs["main"]));
            Assert.StartsWith("reads 1 byte at 0x10", fault.Reason, StringComparison.Ordinal);
            Assert.Equal(new byte[8], collection.Maps["locks"].Lookup([0, 0, 0, 0]));
        }
    }

    [Theory, MemberData(nameof(All))]
    public void Functions_start_with_zeros_and_leave_zeros(EngineKind engine)
    {
        string text = """
            r0 = 1
            r6 = 1
            r7 = 2
            r8 = 4
            r9 = 8
            call f
            r0 += r1
            r0 += r2
            r0 += r3
            r0 += r4
            r0 += r5
            r0 += r6
            r0 += r7
            r0 += r8
            r0 += r9
            exit
            f:
            r0 += r6
            r0 += r7
            r0 += r8
            r0 += r9
            r1 = 16
            r2 = 32
            r3 = 64
            r4 = 128
            r5 = 256
            exit
            """;
        Assert.Equal(15u, TestProgram.Run(engine, TestProgram.Spec(text)));
    }
}
