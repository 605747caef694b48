using Headrace.Bytecode;
using Headrace.Verifier;

namespace Headrace.Dataflow.Tests;

public class GraphTests
{
    [Fact]
    public void Straight_code_is_one_block_of_actors()
    {
        Graph graph = Graphs.Plain("r0 = r2\nr0 += 5\nr0 *= r2\nexit");
        Block block = Assert.Single(graph.Main.Blocks);
        Actor product = block.Terminator.Inputs[0];
        Assert.Equal(ActorKind.Multiply, product.Kind);
        Assert.Equal(ActorKind.Add, product.Inputs[0].Kind);
        Assert.Equal(ActorKind.Parameter, product.Inputs[1].Kind);
    }

    [Fact]
    public void Ways_that_meet_merge_only_what_differs()
    {
        Graph graph = Graphs.Plain("r0 = 1\nr3 = 7\nif r2 > 5 goto big\nr0 = 2\nbig:\nr0 += r3\nexit");
        Actor merge = Graphs.Only(graph, ActorKind.Merge);
        Assert.Equal([1, 2], merge.Inputs.Select(input => input.Immediate).Order());
    }

    [Fact]
    public void Loops_are_cyclic_regions()
    {
        Graph graph = Graphs.Plain("r0 = 0\nr1 = 10\nloop:\nr0 += r1\nr1 += -1\nif r1 != 0 goto loop\nexit");
        Block head = Assert.Single(graph.Main.Blocks, block => block.IsLoopHead);
        Assert.Equal(2, head.Actors.Count(actor => actor.Kind == ActorKind.Merge));
        Assert.Equal(1, head.LoopDepth);
    }

    [Fact]
    public void Packet_bytes_are_found_at_their_offsets_and_split_into_regions()
    {
        Graph graph = Graphs.Xdp("""
            r2 = *(u32 *)(r1 +0)
            r3 = *(u32 *)(r1 +4)
            r4 = r2
            r4 += 14
            if r4 > r3 goto out
            r5 = *(u16 *)(r2 +12)
            *(u8 *)(r2 +0) = r5
            r6 = *(u8 *)(r4 -1)
            out:
            r0 = 2
            exit
            """);
        Assert.Equal([12, 13], Graphs.Of(graph, ActorKind.Load).Where(load => load.Inputs[0].Facts.Pointer.Kind == PointerKind.Packet)
            .Select(load => load.Inputs[0].Facts.Pointer.Move(load.Immediate).Offset));
        Region[] packet = [.. graph.Regions.All.Where(region => region.Kind == RegionKind.Packet)];
        Assert.Equal(["packet[0..1)", "packet[12..14)"], packet.Select(region => region.Name));
        Assert.Equal(packet[0].Bit, Graphs.Only(graph, ActorKind.Store).Effects.Writes);
    }

    [Fact]
    public void Order_links_join_only_what_may_touch_the_same_bytes()
    {
        Graph graph = Graphs.Plain("""
            *(u64 *)(r1 +0) = 1
            *(u64 *)(r1 +8) = 2
            r0 = *(u64 *)(r1 +0)
            *(u64 *)(r1 +0) = r0
            exit
            """);
        Actor[] stores = Graphs.Of(graph, ActorKind.Store);
        Actor load = Graphs.Only(graph, ActorKind.Load);
        Assert.Equal([(stores[0], load), (load, stores[2])],
            GraphLinks.Of(graph.Main).Where(link => link.Kind == LinkKind.Order).Select(link => (link.From, link.To)));
    }

    [Fact]
    public void Look_ups_know_their_map_and_values_point_into_it()
    {
        Graph graph = Graphs.Xdp("""
            *(u32 *)(r10 -4) = 1
            r2 = r10
            r2 += -4
            r1 = map[flows] ll
            call bpf_map_lookup_elem#1
            if r0 == 0 goto out
            r0 = *(u64 *)(r0 +0)
            out:
            r0 = 2
            exit
            """, Graphs.Map("flows"));
        Actor lookup = Graphs.Only(graph, ActorKind.Helper);
        Assert.Equal(new PointerFacts(PointerKind.MapValue, 0, 0), lookup.Facts.Pointer);
        Assert.Equal(["flows elements", "stack[-4..0)"], graph.Regions.In(lookup.Effects.Reads).Select(region => region.Name).Order());
        Assert.Equal(LatencyClass.HashLookup, Latency.ClassOf(lookup));
    }

    [Fact]
    public void Ranges_and_bits_follow_arithmetic()
    {
        Graph graph = Graphs.Plain("r0 = r2\nr0 &= 0xf0\nr0 >>= 4\nr0 += 3\nexit");
        ValueFacts facts = graph.Main.Entry.Terminator.Inputs[0].Facts;
        Assert.Equal((3ul, 18ul), (facts.Min, facts.Max));
        Assert.Equal(5, facts.Width);
    }

    [Fact]
    public void Live_bits_go_from_use_to_source()
    {
        Graph graph = Graphs.Plain("r0 = r2\nr0 += 1\nr0 &= 0xff\nexit");
        Assert.Equal(0xfful, Graphs.Only(graph, ActorKind.Add).LiveBits);
    }

    [Fact]
    public void Every_program_becomes_a_sound_graph()
    {
        int count = 0;
        foreach (var (spec, program, verified) in Graphs.Committed())
        {
            foreach (VerifiedProgram? proved in (VerifiedProgram?[])[null, verified])
            {
                Graph graph = Graph.Build(spec, program, proved);
                Assert.True(GraphCheck.Find(graph) is null, $"{spec.Source} {program.Name}: {GraphCheck.Find(graph)}");
                Assert.True(graph.Regions.All.Count <= 64);
                count++;
            }
        }
        Assert.True(count > 20, $"only {count} programs were there");
    }

    // What takes the square of a program's length, or a stack as deep, would not come to an end here.
    public static TheoryData<string, string> Hostile => new()
    {
        { "diamonds", string.Concat(Enumerable.Range(0, 5000).Select(i => $"if r2 == {i} goto l{i}\nr0 += {i}\nl{i}:\n")) },
        { "sums", string.Concat(Enumerable.Repeat("r0 += r2\n", 50_000)) },
        { "constants", string.Concat(Enumerable.Range(0, 10_000).Select(i => $"r3 = {i * 7919L} ll\nr0 ^= r3\n")) },
        { "empty branches", string.Concat(Enumerable.Repeat("if r2 == 5 goto +0\nr0 += r2\n", 10_000)) },
        { "stores", string.Concat(Enumerable.Range(0, 8000).Select(i => $"*(u8 *)(r1 +{i % 599}) = {i % 100}\n")) },
        { "checks", string.Concat(Enumerable.Range(0, 5000).Select(i => $"r4 = r1\nr4 += {i}\nif r4 > r2 goto out\n")) },
        {
            "nested loops", string.Concat(Enumerable.Range(0, 3000).Select(i => $"l{i}:\nr0 += 1\n"))
                + string.Concat(Enumerable.Range(0, 3000).Reverse().Select(i => $"if r0 < {i} goto l{i}\n"))
        },
        { "offsets", string.Concat(Enumerable.Range(0, 10_000).Select(i => $"r3 = *(u8 *)(r1 +{i * 2})\nr0 += r3\n")) },
    };

    [Theory, MemberData(nameof(Hostile))]
    public void Long_code_and_deep_nesting_are_no_trouble(string shape, string code)
    {
        Graph graph = Graphs.Plain($"r0 = 0\n{code}out:\nexit");
        Assert.True(GraphCheck.Find(graph) is null, $"{shape}: {GraphCheck.Find(graph)}");
        Assert.All(graph.Main.Blocks.Skip(1), block => Assert.InRange(block.Actors.Count, 1, Block.MaxLength + 1));
        PassPipeline.Run(graph, PassOptions.All);
        Assert.True(GraphCheck.Find(graph) is null, $"{shape} after the passes: {GraphCheck.Find(graph)}");
    }

    [Fact]
    public void Registers_that_nobody_reads_are_not_merged()
    {
        var program = Assembler.Assemble("r3 = 1\nr4 = 2\nif r2 > 5 goto big\nr3 = 3\nr4 = 4\nbig:\nr4 = 0\nr0 = r3\nexit");
        var shape = FlowShape.Of(program, 0, null);
        var live = new LiveRegisters(shape, Graphs.Plain("exit"));
        Assert.Equal([[2], [], [3]], shape.Leaders.Select(leader => Enumerable.Range(0, 11).Where(register => live.IsLive(leader, register)).ToArray()));
    }

    [Fact]
    public void Functions_that_run_into_each_other_are_refused_before_they_fill_the_memory()
    {
        const int Functions = 2000;
        string calls = string.Concat(Enumerable.Range(0, Functions).Select(i => $"call pc+{Functions}\n"));
        string bodies = string.Concat(Enumerable.Repeat("r0 += 1\n", Functions));
        Assert.Contains("runs into another", Assert.Throws<BytecodeException>(() => Graphs.Plain($"{calls}exit\n{bodies}exit")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_graph_beyond_the_limit_is_left_as_it_was_built()
    {
        Graph graph = Graphs.Plain("r0 = r2\n" + string.Concat(Enumerable.Repeat("r0 += r2\n", PassPipeline.MaxActors)) + "exit");
        Assert.All(PassPipeline.Run(graph, PassOptions.All), report => Assert.Equal(0, report.Changes));
        Assert.Contains("--format dot", Assert.Throws<UnsupportedFeatureException>(() => SvgWriter.Write(graph, TextWriter.Null)).Message, StringComparison.Ordinal);
    }
}
