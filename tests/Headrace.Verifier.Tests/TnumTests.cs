namespace Headrace.Verifier.Tests;

public class TnumTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 12)]
    [InlineData(100, 228)]
    public void A_range_holds_every_value_between_its_limits(ulong min, ulong max)
    {
        Tnum range = Tnum.Range(min, max);
        for (ulong value = min; value <= max; value++)
            Assert.True(range.Contains(Tnum.Const(value)));
    }

    // Every pair of 3-bit tristate numbers, every value in them: the result must hold what the values give.
    [Fact]
    public void Operations_hold_every_result()
    {
        foreach (Tnum a in Small())
        {
            foreach (Tnum b in Small())
            {
                foreach ((ulong x, ulong y) in Values(a).SelectMany(x => Values(b).Select(y => (x, y))))
                {
                    Assert.True((a + b).Contains(Tnum.Const(x + y)), $"{a} + {b}");
                    Assert.True((a - b).Contains(Tnum.Const(x - y)), $"{a} - {b}");
                    Assert.True((a * b).Contains(Tnum.Const(x * y)), $"{a} * {b}");
                    Assert.True((a & b).Contains(Tnum.Const(x & y)), $"{a} & {b}");
                    Assert.True((a | b).Contains(Tnum.Const(x | y)), $"{a} | {b}");
                    Assert.True((a ^ b).Contains(Tnum.Const(x ^ y)), $"{a} ^ {b}");
                }
            }
        }
    }

    private static IEnumerable<Tnum> Small() =>
        from mask in Enumerable.Range(0, 8)
        from value in Enumerable.Range(0, 8)
        where (mask & value) == 0
        select new Tnum((ulong)value, (ulong)mask);

    private static IEnumerable<ulong> Values(Tnum tnum) => Enumerable.Range(0, 8).Select(value => (ulong)value).Where(value => tnum.Contains(Tnum.Const(value)));
}
