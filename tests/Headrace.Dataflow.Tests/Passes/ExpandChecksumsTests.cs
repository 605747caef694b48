using System.Text;

namespace Headrace.Dataflow.Tests.Passes;

public class ExpandChecksumsTests
{
    private const string Pass = "expand-checksums";

    // R7 is a packet of 80 bytes and more.
    private const string Packet = """
        r7 = *(u32 *)(r1 +0)
        r2 = *(u32 *)(r1 +4)
        r0 = 1
        r3 = r7
        r3 += 80
        if r3 > r2 goto out

        """;

    private const string Return = "\nout:\nexit";

    [Theory]
    [InlineData(0, 20, 5)]
    [InlineData(20, 0, 5)]
    [InlineData(16, 64, 20)]
    [InlineData(0, 7, 3)] // a word, two bytes and one
    public void Words_are_loaded_and_added(int from, int to, int loads)
    {
        Graph graph = Graphs.Verified(Packet + Call(from == 0 ? "0" : "r7", from, to == 0 ? "0" : "r7\nr3 += 14", to, "7") + Return);
        int before = Graphs.Of(graph, ActorKind.Load).Length;
        Assert.Equal(1, Graphs.Apply(graph, Pass));
        Assert.Empty(Graphs.Of(graph, ActorKind.Helper));
        Assert.Equal(loads, Graphs.Of(graph, ActorKind.Load).Length - before);
        // What a program does with the sum, it knows to have 16 bits.
        Assert.Equal(ushort.MaxValue, Graphs.Of(graph, ActorKind.Add)[^1].Facts.Max);
    }

    [Fact]
    public void Words_on_the_stack_become_values_and_constants_a_constant()
    {
        // An address changes from 10.0.0.1 to 10.0.0.2, a port from 80 to 8080, and the sum gets folded once more.
        Graph graph = Graphs.Verified($"""
            *(u32 *)(r10 -16) = 0x0100000a
            *(u32 *)(r10 -12) = 0x5000
            *(u32 *)(r10 -8) = 0x0200000a
            *(u32 *)(r10 -4) = 0x901f
            {Call("r10\nr1 += -16", 8, "r10\nr3 += -8", 8, "0")}
            r1 = r0
            r1 >>= 16
            if r1 == 0 goto out
            r0 &= 65535
            r0 += r1
            {Return}
            """);
        PassPipeline.Run(graph, PassOptions.All);
        Assert.Empty(Graphs.Of(graph, ActorKind.Store));
        Actor result = Graphs.Only(graph, ActorKind.Return).Inputs[0];
        // The difference in ones' complement, of words as they lie in memory.
        Assert.Equal((0x0200 - 0x0100 + 0x901f - 0x5000) % 0xffff, result.Immediate);
        Assert.Equal(ActorKind.Constant, result.Kind);
    }

    [Fact]
    public void The_kernels_zeros_come_out()
    {
        Assert.Equal(0, Sum(from: [0], to: [], seed: 0));
        Assert.Equal(0xffff, Sum(from: [0], to: [], seed: -1));
        Assert.Equal(0xffff, Sum(from: [1, 0xffff_fffe], to: [0xffff_ffff], seed: 0));
        Assert.Equal(0, Sum(from: [1, 0xffff_fffe], to: [0], seed: 0));
        Assert.Equal(0, Sum(from: [], to: [0], seed: 0));
        Assert.Equal(0xffff, Sum(from: [], to: [0xffff_ffff], seed: 0));
        Assert.Equal(0xffff, Sum(from: [0x1234_5678], to: [0x1234_5678], seed: 0));
    }

    [Theory]
    [InlineData("r7", "*(u8 *)(r7 +3)", 64)] // not constant
    [InlineData("r7", "68", 0)] // long
    public void Others_stay(string from, string size, int mask)
    {
        string bounded = mask > 0 ? $"r8 = {size}\nr8 &= {mask}\n" : $"r8 = {size}\n";
        Graph graph = Graphs.Verified(Packet + bounded + Call(from, null, "0", 0, "0") + Return);
        Assert.Equal(0, Graphs.Apply(graph, Pass));
    }

    [Fact]
    public void What_nobody_has_proved_stays() =>
        Assert.Equal(0, Graphs.Apply(Graphs.Xdp(Packet + Call("0", 0, "r7", 20, "0") + Return), Pass));

    [Fact]
    public void Programs_grow_by_bounded_steps()
    {
        var text = new StringBuilder(Packet);
        for (int i = 0; i < 500; i++)
            text.AppendLine(Call("r7", 64, "r7\nr3 += 1", 64, "r0"));
        Graph graph = Graphs.Verified(text + Return);
        int before = graph.Main.Actors.Count();
        PassPipeline.RunOne(graph, PassPipeline.All.Single(pass => pass.Name == Pass));
        Assert.InRange(graph.Main.Actors.Count() - before, 1000, 2200);
        Assert.InRange(Graphs.Of(graph, ActorKind.Helper).Length, 400, 499);
    }

    private static long Sum(uint[] from, uint[] to, int seed)
    {
        var text = new StringBuilder();
        foreach ((int i, uint word) in from.Index())
            text.AppendLine($"*(u32 *)(r10 -{32 - 4 * i}) = {(int)word}");
        foreach ((int i, uint word) in to.Index())
            text.AppendLine($"*(u32 *)(r10 -{16 - 4 * i}) = {(int)word}");
        text.AppendLine(Call(from.Length == 0 ? "0" : "r10\nr1 += -32", 4 * from.Length, to.Length == 0 ? "0" : "r10\nr3 += -16", 4 * to.Length, $"{seed}"));
        Graph graph = Graphs.Verified(text + "exit");
        PassPipeline.Run(graph, PassOptions.All);
        Actor result = Graphs.Only(graph, ActorKind.Return).Inputs[0];
        Assert.Equal(ActorKind.Constant, result.Kind);
        return result.Immediate;
    }

    private static string Call(string from, int? fromSize, string to, int toSize, string seed) => $"""
        r5 = {seed}
        r1 = {from}
        r2 = {(fromSize is { } size ? $"{size}" : "r8")}
        r3 = {to}
        r4 = {toSize}
        call bpf_csum_diff#28
        """;
}
