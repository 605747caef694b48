namespace Headrace.Dataflow.Tests.Passes;

public class InvariantDivisorsTests
{
    private const string Pass = "invariant-divisors";

    [Fact]
    public void The_reciprocal_can_be_computed_before_the_loop()
    {
        Graph graph = Graphs.Plain("r0 = 0\nr3 = 10\nloop:\nr4 = r3\nw4 /= w2\nr0 += r4\nr3 += -1\nif r3 != 0 goto loop\nexit");
        Assert.Equal(1, Graphs.Apply(graph, Pass));
        Graphs.Apply(graph, "hoist-invariants");
        Assert.Equal(0, Graphs.Only(graph, ActorKind.Divide).Block!.LoopDepth);
        Assert.Equal(1, Graphs.Only(graph, ActorKind.MultiplyHigh).Block!.LoopDepth);
    }

    [Theory]
    [InlineData("r4 /= r2")] // 64 bits
    [InlineData("w4 s/= w2")]
    [InlineData("w4 /= w3")] // changes
    [InlineData("if r4 != 9 goto skip\nw0 /= w2\nskip:\nr0 += 0")] // not in every round
    public void Other_divisions_stay(string division)
    {
        Graph graph = Graphs.Plain($"r0 = 0\nr3 = 10\nloop:\nr4 = r3\nr4 *= r2\n{division}\nr0 += r4\nr3 += -1\nif r3 != 0 goto loop\nexit");
        Assert.Equal(0, Graphs.Apply(graph, Pass));
    }

    [Fact]
    public void Division_outside_of_loops_stays()
    {
        Graph graph = Graphs.Plain("r0 = r2\nw0 /= w1\nexit");
        Assert.Equal(0, Graphs.Apply(graph, Pass));
    }

    public static TheoryData<uint> Divisors() => [0, 1, 2, 3, 5, 7, 10, 1009, 65535, 65536, 65537, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff];

    [Theory, MemberData(nameof(Divisors))]
    public void Quotients_and_remainders_are_those_of_division(uint divisor)
    {
        Graph graph = Graphs.Plain("r0 = 0\nr3 = 10\nloop:\nr4 = r3\nw4 /= w2\nr5 = r3\nw5 %= w2\nr0 += r4\nr0 ^= r5\nr3 += -1\nif r3 != 0 goto loop\nexit");
        Actor number = Graphs.Of(graph, ActorKind.Merge).Single(merge => merge.Users.Any(user => user.Kind == ActorKind.Remainder));
        Graphs.Apply(graph, Pass);
        Actor quotient = Graphs.Of(graph, ActorKind.MultiplyHigh)[0], remainder = Graphs.Only(graph, ActorKind.Subtract);
        uint[] numbers = [0, 1, 2, 9, divisor - 1, divisor, divisor + 1, divisor * 2 - 1, divisor * 2, uint.MaxValue / Math.Max(1, divisor) * divisor, uint.MaxValue - 1, uint.MaxValue];
        foreach (uint n in numbers)
        {
            Assert.Equal(divisor == 0 ? 0 : n / divisor, Value(quotient, n));
            Assert.Equal(divisor == 0 ? n : n % divisor, Value(remainder, n));
        }

        // With bits above the 32 that count, on both sides.
        ulong Value(Actor actor, uint n) => actor.Kind switch
        {
            ActorKind.Constant => (ulong)actor.Immediate,
            ActorKind.Parameter => divisor | 0xdead_0000_0000_0000,
            _ when actor == number => n | 0xbeef_0000_0000_0000,
            _ => Evaluation.Compute(actor, Value(actor.Inputs[0], n), actor.Inputs.Count > 1 ? Value(actor.Inputs[1], n) : 0),
        };
    }

    [Fact]
    public void A_divisor_of_two_or_more_saves_an_addition()
    {
        Graph graph = Graphs.Plain("r0 = 0\nr3 = 10\nw2 &= 255\nw2 += 2\nloop:\nr4 = r3\nw4 /= w2\nr0 += r4\nr3 += -1\nif r3 != 0 goto loop\nexit");
        Assert.Equal(1, Graphs.Apply(graph, Pass));
        Graphs.Apply(graph, "hoist-invariants");
        Assert.Equal(ActorKind.Add, Graphs.Only(graph, ActorKind.MultiplyHigh).Inputs[1].Kind);
        Assert.Equal(0, Graphs.Only(graph, ActorKind.MultiplyHigh).Inputs[1].Block!.LoopDepth);
        foreach (uint divisor in (uint[])[2, 3, 4, 7, 10, 128, 255, 256, 257])
        {
            ulong c = ulong.MaxValue / divisor + 1;
            foreach (uint n in (uint[])[0, 1, divisor - 1, divisor, uint.MaxValue / divisor * divisor - 1, uint.MaxValue / divisor * divisor, uint.MaxValue])
                Assert.Equal(n / divisor, Math.BigMul(c, n, out _));
        }
    }
}
