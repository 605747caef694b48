namespace Headrace.Ports.Tests;

/// <summary>Seeds and sizes of the tests that play a hostile peer.</summary>
internal static class Fuzz
{
    private static readonly bool s_isLong = Environment.GetEnvironmentVariable("HEADRACE_LONG") == "1";

    /// <summary>Messages, or places in rings, that a test makes up.</summary>
    public static int Cases => s_isLong ? 1_000_000 : 50_000;

    /// <summary>Random numbers of a seed that is printed, or given as HEADRACE_SEED.</summary>
    public static Random Start(ITestOutputHelper output)
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("HEADRACE_SEED"), out int given) ? given : Random.Shared.Next();
        output.WriteLine($"HEADRACE_SEED={seed}");
        return new Random(seed);
    }

    /// <summary>A number that breaks things: near a bound, a bound's neighbour, or anything.</summary>
    public static ulong Number(Random random, ulong bound) => random.Next(8) switch
    {
        0 => 0,
        1 => bound,
        2 => bound - 1,
        3 => bound + 1,
        4 => ulong.MaxValue - (ulong)random.Next(64),
        5 => (ulong)random.NextInt64() << 1,
        6 => 1UL << random.Next(64),
        _ => (ulong)random.NextInt64((long)Math.Max(1, Math.Min(bound, long.MaxValue))),
    };

    /// <summary>Changes a few bytes.</summary>
    public static void Mutate(Random random, Span<byte> bytes)
    {
        for (int change = random.Next(1, 5); change > 0 && bytes.Length > 0; change--)
        {
            int at = random.Next(bytes.Length);
            bytes[at] = random.Next(3) switch { 0 => (byte)random.Next(256), 1 => (byte)(bytes[at] ^ (1 << random.Next(8))), _ => random.Next(2) == 0 ? (byte)0 : (byte)255 };
        }
    }
}
