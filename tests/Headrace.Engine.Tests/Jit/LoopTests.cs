using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Headrace.Dataflow;

namespace Headrace.Engine.Tests.Jit;

/// <summary>Loops whose trips are known, divisors that stay the same, and constants, drawn by chance: verified, so that the compiler may write them its own way.</summary>
/// <remarks><c>HEADRACE_SEED</c> runs one program alone.</remarks>
public unsafe class LoopTests(ITestOutputHelper output)
{
    private const int Programs = 600, Bytes = 512;

    private static readonly uint[] s_edges = [0, 1, 2, 3, 7, 10, 1000, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff];

    [Fact]
    public void Loops_come_to_what_the_interpreter_comes_to()
    {
        string? one = Environment.GetEnvironmentVariable("HEADRACE_SEED");
        int first = one is { Length: > 0 } ? int.Parse(one, CultureInfo.InvariantCulture) : Random.Shared.Next();
        int count = one is { Length: > 0 } ? 1 : Programs;
        output.WriteLine($"{count} programs from seed {first} on");
        for (int i = 0; i < count; i++)
        {
            int seed = unchecked(first + i);
            string text = Draw(new Random(seed));
            byte[][] interpreter = Run(text, EngineKind.Interpreter, seed);
            string without = PassPipeline.Names[(int)((uint)seed % PassPipeline.Names.Count)];
            Compare(Run(text, EngineKind.Jit, seed), "the jit");
            Compare(Run(text, loaded => new JitExecutor(loaded, loaded.BuildGraph(PassOptions.Without(without))), seed), $"the jit without {without}");

            void Compare(byte[][] compiled, string engine)
            {
                for (int packet = 0; packet < interpreter.Length; packet++)
                    Assert.True(interpreter[packet].AsSpan().SequenceEqual(compiled[packet]), $"seed {seed}, packet {packet}: {engine} leaves another packet\n{text}");
            }
        }
    }

    [Theory]
    [InlineData("w2 /= w4")]
    [InlineData("w2 %= w4")]
    public void Every_pair_of_edges_is_divided_right(string division)
    {
        // The divisor changes from packet to packet, the number inside the loop.
        using Collection collection = Collection.Load(TestProgram.Spec($"""
            r6 = *(u32 *)(r1 +0)
            r1 = *(u32 *)(r1 +4)
            r2 = r6
            r2 += 64
            if r2 > r1 goto out
            r4 = *(u32 *)(r6 +0)
            r5 = 4
            next:
            r2 = r6
            r2 += r5
            r2 = *(u32 *)(r2 +0)
            {division}
            r3 = r6
            r3 += r5
            *(u32 *)(r3 +0) = r2
            r5 += 4
            if r5 != 52 goto next
            out:
            r0 = 2
            exit
            """));
        using Executor executor = collection.Programs["main"].CreateExecutor(EngineKind.Jit);
        using var burst = new PacketBurst(s_edges.Length * 2);
        foreach (uint divisor in (uint[])[.. s_edges, .. s_edges])
        {
            byte[] packet = new byte[64];
            BinaryPrimitives.WriteUInt32LittleEndian(packet, divisor);
            for (int i = 0; i < s_edges.Length; i++)
                BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(4 + 4 * i), s_edges[i]);
            burst.Add(packet);
        }
        executor.Run(burst.Frames, burst.Count);
        for (int packet = 0; packet < burst.Count; packet++)
        {
            uint divisor = s_edges[packet % s_edges.Length];
            for (int i = 0; i < s_edges.Length; i++)
            {
                uint expected = division.Contains('/') ? (divisor == 0 ? 0 : s_edges[i] / divisor) : divisor == 0 ? s_edges[i] : s_edges[i] % divisor;
                Assert.Equal(expected, BinaryPrimitives.ReadUInt32LittleEndian(burst[packet][(4 + 4 * i)..]));
            }
        }
    }

    // R0 and R2 to R4 are numbers, R5 counts, R6 is the packet, R7 a place in it. What they hold in the end goes into the packet.
    private static string Draw(Random random)
    {
        var text = new StringBuilder("""
            r6 = *(u32 *)(r1 +0)
            r1 = *(u32 *)(r1 +4)
            r2 = r6
            r2 += 512
            if r2 > r1 goto out
            r0 = *(u64 *)(r6 +0)
            r2 = *(u32 *)(r6 +8)
            r3 = *(u32 *)(r6 +12)
            r4 = *(u64 *)(r6 +16)

            """);
        for (int loop = 0; loop < 2; loop++)
            Loop(text, random, loop);
        text.Append("""
            *(u64 *)(r6 +0) = r0
            *(u64 *)(r6 +8) = r2
            *(u64 *)(r6 +16) = r3
            *(u64 *)(r6 +24) = r4
            *(u64 *)(r6 +32) = r5
            out:
            r0 = 2
            exit
            """);
        return text.ToString();
    }

    private static void Loop(StringBuilder text, Random random, int loop)
    {
        char width = random.Next(2) == 0 ? 'r' : 'w';
        int step = random.Next(4) == 0 ? random.Next(2, 5) : 1, trips = random.Next(1, 50), start = random.Next(0, 20);
        bool down = random.Next(4) == 0;
        (int from, int to) = down ? (start + trips * step, start) : (start, start + trips * step);
        string comparison = random.Next(3) switch { 0 => "!=", 1 => down ? ">" : "<", _ => down ? "s>" : "s<" };
        text.AppendLine(CultureInfo.InvariantCulture, $"{width}5 = {from}").AppendLine(CultureInfo.InvariantCulture, $"next{loop}:");
        int statements = random.Next(1, 9), add = random.Next(statements);
        for (int i = 0; i < statements; i++)
        {
            text.AppendLine(Statement(random));
            if (i == add)
                text.AppendLine(CultureInfo.InvariantCulture, $"{width}5 += {(down ? -step : step)}");
        }
        // clang leaves a loop by its branch, and goes on by a jump behind that.
        if (random.Next(2) == 0)
            text.AppendLine(CultureInfo.InvariantCulture, $"if {width}5 {comparison} {to} goto next{loop}");
        else
            text.AppendLine(CultureInfo.InvariantCulture, $"if {width}5 == {to} goto done{loop}\ngoto next{loop}\ndone{loop}:");
    }

    private static string Statement(Random random)
    {
        int[] numbers = [0, 2, 3, 4];
        int dst = numbers[random.Next(4)], src = random.Next(5) == 0 ? 5 : numbers[random.Next(4)];
        char width = random.Next(2) == 0 ? 'r' : 'w';
        string op = ((string[])["+=", "-=", "*=", "|=", "&=", "^=", "/=", "%=", "="])[random.Next(9)];
        return random.Next(7) switch
        {
            6 => string.Create(CultureInfo.InvariantCulture, $"r7 = r6\nr7 += r5\n{Access(random, dst)}"),
            0 => string.Create(CultureInfo.InvariantCulture, $"r{dst} = {random.NextInt64()} ll"),
            1 => string.Create(CultureInfo.InvariantCulture, $"{width}{dst} {((string[])["<<=", ">>=", "s>>="])[random.Next(3)]} {random.Next(width == 'r' ? 64 : 32)}"),
            2 => string.Create(CultureInfo.InvariantCulture, $"{width}{dst} {op} {random.Next(1, 1000)}"),
            _ => $"{width}{dst} {op} {width}{src}",
        };
    }

    // The counter stays below 300.
    private static string Access(Random random, int register)
    {
        string place = string.Create(CultureInfo.InvariantCulture, $"*({((string[])["u8", "u16", "u32", "u64"])[random.Next(4)]} *)(r7 +{random.Next(0, 200)})");
        return random.Next(2) == 0 ? $"r{register} = {place}" : $"{place} = r{register}";
    }

    private static byte[][] Run(string text, EngineKind engine, int seed) => Run(text, loaded => loaded.CreateExecutor(engine), seed);

    private static byte[][] Run(string text, Func<LoadedProgram, Executor> create, int seed)
    {
        using Collection collection = Collection.Load(TestProgram.Spec(text));
        using Executor executor = create(collection.Programs["main"]);
        using var burst = new PacketBurst(16);
        var random = new Random(seed);
        for (int packet = 0; packet < 16; packet++)
        {
            byte[] bytes = new byte[Bytes];
            random.NextBytes(bytes);
            for (int word = 0; word < 6; word++)
            {
                if (random.Next(2) == 0)
                    BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 * word), s_edges[random.Next(s_edges.Length)]);
            }
            burst.Add(bytes);
        }
        executor.Run(burst.Frames, burst.Count);
        return [.. Enumerable.Range(0, burst.Count).Select(i => burst[i].ToArray())];
    }
}
