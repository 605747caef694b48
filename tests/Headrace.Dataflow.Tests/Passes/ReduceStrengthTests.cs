namespace Headrace.Dataflow.Tests.Passes;

public class ReduceStrengthTests
{
    private const string Pass = "reduce-strength";

    [Theory]
    [InlineData("r0 = r2\nr0 *= 8\nexit", ActorKind.ShiftLeft)]
    [InlineData("r0 = r2\nr0 /= 16\nexit", ActorKind.ShiftRight)]
    [InlineData("r0 = r2\nr0 %= 64\nexit", ActorKind.And)]
    [InlineData("w0 = w2\nw0 /= 10\nexit", ActorKind.MultiplyHigh)]
    [InlineData("w0 = w2\nw0 %= 1500\nexit", ActorKind.Subtract)]
    public void Constants_make_arithmetic_cheaper(string text, ActorKind expected)
    {
        Graph graph = Graphs.Plain(text);
        Assert.Equal(1, Graphs.Apply(graph, Pass));
        Assert.Equal(expected, graph.Main.Entry.Terminator.Inputs[0].Kind);
    }

    [Theory]
    [InlineData("r0 = r2\nr0 /= 10\nexit")]
    [InlineData("r0 = r2\nr0 /= r1\nexit")]
    [InlineData("w0 = w2\nw0 s/= 8\nexit")]
    public void What_has_no_cheap_form_stays(string text) => Assert.Equal(0, Graphs.Apply(Graphs.Plain(text), Pass));

    [Fact]
    public void Reciprocals_give_every_quotient()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        for (int i = 0; i < 200_000; i++)
        {
            uint divisor = (uint)random.NextInt64(3, 1L << random.Next(2, 33));
            uint dividend = i % 3 == 0 ? (uint)random.NextInt64(1L << 32) : divisor * (uint)random.Next(1 << 16) + (uint)random.Next(-1, 2);
            ulong quotient = System.Numerics.BitOperations.IsPow2(divisor) ? dividend / divisor : Math.BigMul(dividend, ulong.MaxValue / divisor + 1, out _);
            Assert.True(quotient == dividend / divisor, $"seed {seed}: {dividend} / {divisor} = {quotient}");
        }
    }
}
