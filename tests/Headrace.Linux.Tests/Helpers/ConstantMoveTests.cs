using System.Globalization;
using System.Text;
using Headrace.Dataflow;

namespace Headrace.Linux.Tests.Helpers;

/// <summary>Moves of the packet's ends by constants, which compiled code does by itself where there is room: alone, and one after the other.</summary>
public class ConstantMoveTests(ITestOutputHelper output)
{
    private const string Head = "xdp_adjust_head", Tail = "xdp_adjust_tail", Meta = "xdp_adjust_meta";

    // Sequences of a program: it does the one that the packet's number names.
    private const int PerProgram = 60;

    // Each edge: the room in front (216 bytes), behind, of a packet, of metadata, and what is cleared in place.
    private static readonly int[] s_deltas =
    [
        0, 1, -1, 2, 4, -4, 8, -8, 13, 14, -13, -14, -15, 40, 46, 47, 50, 51, 86, 87, -46, -47, -50, -86, -87, 100, -100, -212, -213, -216, -217, -220, -252, -256, -257,
        255, 256, 257, 3000, 3420, 3421, 3456, 3457, 3460, 3461, 3766, 65536, int.MaxValue, int.MinValue,
    ];

    private static readonly int[] s_lengths = [60, 64, 100, 1500];

    [Fact]
    public void Each_end_moves_as_far_as_in_the_kernel() =>
        Agree([.. new[] { Head, Tail, Meta }.SelectMany(helper => s_deltas.Select(delta => new[] { (helper, delta) }))], "");

    [Fact]
    public void Moves_one_after_the_other_end_where_the_kernel_ends()
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        int[] meta = [0, -4, -8, -32, -100, -252, -3, 4], head = [0, 4, -4, 14, 20, -20, -100, -116, -120, -208, -212, -216], tail = [0, 1, -1, 20, -20, 200, 300, -40];
        Agree([.. Enumerable.Range(0, 3 * PerProgram).Select(_ => Enumerable.Range(0, random.Next(2, 5)).Select(_ => random.Next(3) switch
        {
            0 => (Head, Pick(head)),
            1 => (Tail, Pick(tail)),
            _ => (Meta, Pick(meta)),
        }).ToArray())], $"seed {seed}");

        int Pick(int[] deltas) => deltas[random.Next(deltas.Length)];
    }

    private static void Agree((string Helper, int Delta)[][] sequences, string about)
    {
        foreach ((int chunk, (string Helper, int Delta)[][] some) in sequences.Chunk(PerProgram).Index())
        {
            PassOptions without = chunk % 2 == 0 ? PassOptions.Without("expand-helpers") : PassOptions.None;
            using var trial = new HelperTrial(HelperTrial.Spec(Program(some)), without: without);
            for (int i = 0; i < some.Length; i++)
            {
                foreach (int length in s_lengths)
                {
                    byte[] packet = [.. Enumerable.Range(0, length).Select(at => (byte)(at * 7 + 1))];
                    packet[14] = (byte)i;
                    trial.Agree(packet, $"{about} {string.Join(" ", some[i])}, {length} bytes");
                }
            }
        }
    }

    // After each move what it answered, and what is seen and can be written at the ends then.
    private static string Program((string Helper, int Delta)[][] sequences)
    {
        var text = new StringBuilder("""
            r6 = r1
            r7 = *(u32 *)(r6 +0)
            r2 = *(u32 *)(r6 +4)
            r0 = 2
            r3 = r7
            r3 += 15
            if r3 > r2 goto out
            r8 = map[out][0]+0 ll
            r9 = *(u8 *)(r7 +14)

            """);
        for (int i = 0; i < sequences.Length; i++)
            text.AppendLine(CultureInfo.InvariantCulture, $"if r9 == {i} goto do{i}");
        text.AppendLine("exit");
        for (int i = 0; i < sequences.Length; i++)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"do{i}:");
            foreach ((int step, (string helper, int delta)) in sequences[i].Index())
                text.AppendLine(Step($"{i}_{step}", helper, delta, step * 32));
            text.AppendLine("r0 = 2\nexit");
        }
        return text + "out: exit";
    }

    private static string Step(string label, string helper, int delta, int results) => string.Create(CultureInfo.InvariantCulture, $"""
        r1 = r6
        r2 = {delta}
        call {helper}
        *(u64 *)(r8 +{results}) = r0
        r1 = *(u32 *)(r6 +8)
        r2 = *(u32 *)(r6 +0)
        r3 = *(u32 *)(r6 +4)
        r4 = r1
        r4 += 4
        if r4 > r2 goto meta{label}
        r0 = *(u32 *)(r1 +0)
        *(u64 *)(r8 +{results + 8}) = r0
        *(u32 *)(r1 +0) = {results + 77}
        meta{label}:
        r4 = r2
        r4 += 14
        if r4 > r3 goto end{label}
        r0 = *(u64 *)(r2 +6)
        *(u64 *)(r8 +{results + 16}) = r0
        *(u16 *)(r2 +0) = {results + 99}
        end{label}:
        """);
}
