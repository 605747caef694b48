using System.Globalization;
using System.Text;
using Headrace.Dataflow;

namespace Headrace.Linux.Tests.Helpers;

/// <summary>csum_diff where sizes are constants: the graph adds up by itself, and must do it as the kernel does.</summary>
public class ConstantChecksumTests(ITestOutputHelper output)
{
    private const int PacketSize = 160;
    private const int LargestSize = 64;
    private const int StackBytes = 128;

    // Where carries come from, and both zeros.
    private static readonly uint[] s_words = [0, 1, 0xffff_fffe, 0xffff_ffff, 0xffff, 0xffff_0000, 0x8000_0000, 0x7fff_ffff, 0x1_0001];

    private const string LoadPacket = """
        r6 = *(u32 *)(r1 +0)
        r2 = *(u32 *)(r1 +4)
        r0 = 2
        r3 = r6
        r3 += 160
        if r3 > r2 goto out
        r7 = map[out][0]+0 ll

        """;

    [Fact]
    public void Every_zero_and_carry_of_two_words_is_the_kernels()
    {
        // From 14 on: what goes, what comes, a seed.
        var text = new StringBuilder(LoadPacket);
        int at = 0;
        foreach ((int from, int to) in new[] { (0, 0), (0, 4), (0, 8), (4, 0), (8, 0), (4, 4), (8, 4), (4, 8), (8, 8) })
        {
            foreach (string seed in new[] { "r5 = *(u32 *)(r6 +30)", "r5 = 0", "r5 = -1" })
                text.Append(Call(from == 0 ? "0" : "r6\nr1 += 14", from, to == 0 ? "0" : "r6\nr3 += 22", to, seed, at++));
        }
        using var trial = new HelperTrial(text + "out: r0 = 2\nexit");
        uint[] words = s_words[..6];
        byte[] packet = new byte[PacketSize];
        foreach ((uint a, uint b) in Pairs(words))
        {
            foreach ((uint c, uint d) in Pairs(words))
            {
                foreach (uint seed in words)
                {
                    foreach ((int i, uint word) in new[] { a, b, c, d, seed }.Index())
                        BitConverter.TryWriteBytes(packet.AsSpan(14 + 4 * i), word);
                    trial.Agree(packet);
                }
            }
        }
    }

    [Fact]
    public void Sums_over_packet_stack_and_constants_are_the_kernels_without_any_pass_too()
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        PassOptions[] without = [.. PassPipeline.Names.Select(name => PassOptions.Without(name)), PassOptions.None];
        foreach (PassOptions options in without)
        {
            byte[] constants = Bytes(random, StackBytes);
            using var trial = new HelperTrial(HelperTrial.Spec(Program(random), constants: constants), without: options);
            for (int i = 0; i < 6; i++)
                trial.Agree(Bytes(random, PacketSize), $"seed {seed}");
        }
    }

    // Sums of everything from 0 to 64 bytes, some over bytes of the stack that the program has just put there, piece by piece.
    private static string Program(Random random)
    {
        var text = new StringBuilder(LoadPacket);
        for (int offset = 8; offset <= StackBytes; offset += 8)
            text.AppendLine(CultureInfo.InvariantCulture, $"r0 = *(u64 *)(r6 +{random.Next(PacketSize - 8)})\n*(u64 *)(r10 -{offset}) = r0");
        for (int call = 0; call < 40; call++)
        {
            for (int i = random.Next(4); i > 0; i--)
            {
                int size = 1 << random.Next(4);
                string value = random.Next(2) == 0 ? $"*(u{size * 8} *)(r10 -{size * random.Next(1, StackBytes / size + 1)}) = {(int)s_words[random.Next(s_words.Length)]}"
                    : $"r0 = *(u{size * 8} *)(r6 +{random.Next(PacketSize - 8)})\n*(u{size * 8} *)(r10 -{size * random.Next(1, StackBytes / size + 1)}) = r0";
                text.AppendLine(value);
            }
            int from = Size(random), to = Size(random);
            string seed = random.Next(3) switch
            {
                0 => string.Create(CultureInfo.InvariantCulture, $"r5 = {s_words[random.Next(s_words.Length)]} ll"),
                1 => string.Create(CultureInfo.InvariantCulture, $"r5 = *(u64 *)(r6 +{random.Next(PacketSize - 8)})"),
                _ => "r5 = r0", // the sum before, mostly
            };
            text.Append(Call(Place(random, 1, from), from, Place(random, 3, to), to, seed, call));
        }
        return text + "out: r0 = 2\nexit";
    }

    private static int Size(Random random) => random.Next(4) switch
    {
        0 => 0,
        1 => 4 * random.Next(1, 6),
        2 => 4 * random.Next(LargestSize / 4 + 1),
        _ => random.Next(LargestSize + 1),
    };

    private static string Place(Random random, int register, int size) => (size == 0 ? random.Next(4) : random.Next(1, 4)) switch
    {
        0 => "0",
        1 => string.Create(CultureInfo.InvariantCulture, $"r6\nr{register} += {random.Next(PacketSize - size)}"),
        2 => string.Create(CultureInfo.InvariantCulture, $"r10\nr{register} += {4 * random.Next((StackBytes - size) / 4) - StackBytes}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"map[text][0]+{random.Next(StackBytes - size)} ll"),
    };

    private static string Call(string from, int fromSize, string to, int toSize, string seed, int result) => string.Create(CultureInfo.InvariantCulture, $"""
        {seed}
        r1 = {from}
        r2 = {fromSize}
        r3 = {to}
        r4 = {toSize}
        call csum_diff
        *(u64 *)(r7 +{8 * result}) = r0

        """);

    private static IEnumerable<(uint, uint)> Pairs(uint[] words) => from a in words from b in words select (a, b);

    private static byte[] Bytes(Random random, int length)
    {
        byte[] bytes = new byte[length];
        int kind = random.Next(4);
        if (kind == 0)
            random.NextBytes(bytes);
        else if (kind == 1)
            bytes.AsSpan().Fill((byte)(random.Next(2) * 0xff));
        else
            random.GetItems(s_words, length / 4).Index().ToList().ForEach(word => BitConverter.TryWriteBytes(bytes.AsSpan(4 * word.Index), word.Item));
        return bytes;
    }
}
