using System.Buffers.Binary;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine.Tests;

public class MemoryTests
{
    public static TheoryData<EngineKind> All => Engines.All;

    [Theory]
    [InlineData("r0 = *(u32 *)(r2 +60)", "reads 4 bytes at packet+60, but the packet has 62")]
    [InlineData("r0 = *(u8 *)(r2 -1)", "reads 1 byte at packet-1, but the packet has 62")]
    [InlineData("*(u8 *)(r2 +62) = 1", "writes 1 byte at packet+62, but the packet has 62")]
    [InlineData("r0 = *(u64 *)(r2 +3000)", "reads 8 bytes at packet+3000, but the packet has 62")]
    public void Access_outside_of_the_packet_is_a_fault(string access, string reason)
    {
        foreach (EngineKind engine in Enum.GetValues<EngineKind>())
            Assert.Equal(reason, TestProgram.Fault(engine, TestProgram.Spec($"r2 = *(u32 *)(r1 +0)\n{access}\nr0 = 0\nexit"), new byte[62]));
    }

    private const string CountUp = """
        *(u32 *)(r10 -4) = 0
        r2 = r10
        r2 += -4
        r1 = map[counts] ll
        call bpf_map_lookup_elem#1
        if r0 == 0 goto out
        r1 = 1
        lock *(u64 *)(r0 +8) += r1
        r0 = *(u64 *)(r0 +8)
        out:
        exit
        """;

    [Theory, MemberData(nameof(All))]
    public void Value_of_a_map_is_the_programs_to_change(EngineKind engine)
    {
        using Collection collection = TestProgram.Load(TestProgram.Spec(CountUp, ProgramType.Xdp, TestProgram.Array("counts", 16)));
        for (uint i = 1; i <= 3; i++)
            Assert.Equal(i, TestProgram.Run(engine, collection.Programs["main"]));
        Assert.Equal(3, BinaryPrimitives.ReadInt64LittleEndian(collection.Maps["counts"].Lookup(new byte[4]).AsSpan(8)));
    }

    [Theory, MemberData(nameof(All))]
    public void Access_beyond_a_value_is_a_fault(EngineKind engine)
    {
        string fault = TestProgram.Fault(engine, TestProgram.Spec(CountUp, ProgramType.Xdp, TestProgram.Array("counts", 12)));
        Assert.Equal("writes 8 bytes at counts+8, but it has 12", fault);
    }

    [Theory, MemberData(nameof(All))]
    public void Read_only_map_can_be_read_and_not_written(EngineKind engine)
    {
        MapSpec constants = TestProgram.Array(".rodata", 8, 1, MapFlags.ReadOnlyProgram);
        constants.Data = [1, 2, 3, 4, 5, 6, 7, 8];
        constants.Freeze = true;
        const string Read = """
            r1 = map[.rodata][0]+4 ll
            r0 = *(u32 *)(r1 +0)
            exit
            """;
        Assert.Equal(0x08070605u, TestProgram.Run(engine, TestProgram.Spec(Read, ProgramType.Xdp, constants)));
        string fault = TestProgram.Fault(engine, TestProgram.Spec(Read.Replace("r0 = *(u32 *)(r1 +0)", "*(u32 *)(r1 +0) = 1", StringComparison.Ordinal), ProgramType.Xdp, constants));
        Assert.Equal("writes 4 bytes at .rodata+4, which the program may only read", fault);
    }

    [Theory, MemberData(nameof(All))]
    public void Map_itself_is_no_memory(EngineKind engine)
    {
        const string Text = """
            r1 = map[counts] ll
            r0 = *(u32 *)(r1 +0)
            exit
            """;
        Assert.EndsWith("which is the map 'counts' itself: look up a value first",
            TestProgram.Fault(engine, TestProgram.Spec(Text, ProgramType.Xdp, TestProgram.Array("counts"))), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(All))]
    public void Value_of_an_inner_map_is_reached_through_the_outer_one(EngineKind engine)
    {
        const string Text = """
            *(u32 *)(r10 -4) = 0
            r2 = r10
            r2 += -4
            r1 = map[outer] ll
            call bpf_map_lookup_elem#1
            if r0 == 0 goto out
            r1 = r0
            r2 = r10
            r2 += -4
            call bpf_map_lookup_elem#1
            if r0 == 0 goto out
            *(u64 *)(r0 +0) = 5
            r0 = *(u64 *)(r0 +0)
            out:
            exit
            """;
        MapSpec outer = TestProgram.Map("outer", MapType.ArrayOfMaps, 4, 4, 2);
        outer.InnerMap = TestProgram.Array("template");
        outer.Entries.Add(new MapEntrySpec([0, 0, 0, 0], null, "inner"));
        using Collection collection = TestProgram.Load(TestProgram.Spec(Text, ProgramType.Xdp, outer, TestProgram.Array("inner")));
        Assert.Equal(5u, TestProgram.Run(engine, collection.Programs["main"]));
        Assert.Equal(5, BinaryPrimitives.ReadInt64LittleEndian(collection.Maps["inner"].Lookup(new byte[4])));
    }

    [Theory, MemberData(nameof(All))]
    public void Stack_below_the_open_frames_is_closed(EngineKind engine)
    {
        const string Text = """
            call leave
            r0 = *(u64 *)(r0 +0)
            exit
            leave:
            *(u64 *)(r10 -8) = 1
            r0 = r10
            r0 += -8
            exit
            """;
        Assert.Equal("reads 8 bytes at r10-520, but a stack frame goes from r10-512 to r10", TestProgram.Fault(engine, TestProgram.Spec(Text)));
    }

    [Theory, MemberData(nameof(All))]
    public void Fault_names_program_and_instruction(EngineKind engine)
    {
        var fault = Assert.Throws<ProgramFaultException>(() => TestProgram.Run(engine, TestProgram.Spec("r1 = 0x5 ll\nr2 = 0\nr0 = *(u8 *)(r2 +1)\nexit")));
        Assert.Equal("main", fault.Program);
        Assert.Equal(3, fault.Instruction);
        Assert.StartsWith("program 'main' stopped at instruction 3: reads 1 byte at 0x1, a null pointer", fault.Message, StringComparison.Ordinal);
    }
}
