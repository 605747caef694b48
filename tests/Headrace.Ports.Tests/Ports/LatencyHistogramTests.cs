namespace Headrace.Ports.Tests;

public class LatencyHistogramTests
{
    [Fact]
    public void Every_value_is_told_within_one_percent()
    {
        for (ulong value = 0; value < 1UL << 40; value = value < 3000 ? value + 1 : value + value / 37 + 1)
        {
            var histogram = new LatencyHistogram();
            histogram.Record(value);
            double error = Math.Abs((double)histogram.Quantile(0.5) - value);
            Assert.True(error <= 0.01 * value, $"{value} became {histogram.Quantile(0.5)}");
        }
    }

    [Fact]
    public void Quantiles_are_those_of_the_sorted_values()
    {
        var random = new Random(7);
        ulong[] values = [.. Enumerable.Range(0, 10_000).Select(_ => (ulong)Math.Exp(random.NextDouble() * 20))];
        var left = new LatencyHistogram();
        var right = new LatencyHistogram();
        for (int i = 0; i < values.Length; i++)
            (i % 3 == 0 ? left : right).Record(values[i]);
        left.Add(right);
        Array.Sort(values);
        Assert.Equal(values.Length, left.Count);
        foreach (double share in (double[])[0, 0.01, 0.5, 0.9, 0.99, 0.999, 1])
        {
            double wanted = values[Math.Max(0, (int)Math.Ceiling(share * values.Length) - 1)];
            Assert.InRange(left.Quantile(share), wanted * 0.99, wanted * 1.01);
        }
    }

    [Fact]
    public void Nothing_and_too_much()
    {
        var histogram = new LatencyHistogram();
        Assert.Equal(0ul, histogram.Quantile(0.5));
        histogram.Record(ulong.MaxValue);
        Assert.InRange(histogram.Quantile(1), (1UL << 40) / 101 * 100, 1UL << 40);
    }
}
