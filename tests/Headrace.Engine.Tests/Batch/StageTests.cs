using System.Text;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine.Tests.Batch;

/// <summary>Programs put together by chance out of what stages have to be careful about: a burst leaves what its packets leave one by one.</summary>
/// <remarks>
/// Packets of a burst look up, change, remove and evict the same few entries, keys come from entries found before, the stack is written through
/// pointers, packets are moved in front of look-ups, functions and other programs change the tables.
/// </remarks>
public sealed unsafe class StageTests
{
    private const int Packets = 40;
    private const int Bursts = 4;
    private const int Programs = 60;
    private const int LongFactor = 50;
    private const int PacketBytes = 40;

    private static readonly string[] s_tables = ["flows", "recent", "fixed", "numbers", "percpu"];

    [Fact]
    public void Bursts_leave_what_packets_leave_one_by_one()
    {
        string? given = Environment.GetEnvironmentVariable("HEADRACE_SEED");
        int first = given is null ? Environment.TickCount & 0xffffff : int.Parse(given, System.Globalization.CultureInfo.InvariantCulture);
        int count = given is not null ? 1 : Environment.GetEnvironmentVariable("HEADRACE_LONG") is null ? Programs : Programs * LongFactor;
        long fetched = 0;
        for (int seed = first; seed < first + count; seed++)
        {
            (string main, string next) = new Writer(new Random(seed)).Write();
            string expected = Run(main, next, seed, EngineKind.Interpreter, StageChoice.None, ref fetched);
            foreach (StageChoice choice in new[] { StageChoice.All, new StageChoice(1, true), new StageChoice(2, true) })
            {
                string actual = Run(main, next, seed, EngineKind.Batch, choice, ref fetched);
                Assert.True(expected == actual, $"HEADRACE_SEED={seed} repeats it, {choice}:\n{main}\n\nnext:\n{next}\n\n{FirstDifference(expected, actual)}");
            }
        }
        Assert.True(fetched > (given is null ? count * Packets : 0), $"{fetched} look-ups were fetched ahead: the test tries nothing");
    }

    private static string FirstDifference(string expected, string actual)
    {
        string[] lines = expected.Split('\n'), others = actual.Split('\n');
        int line = Enumerable.Range(0, Math.Min(lines.Length, others.Length)).FirstOrDefault(i => lines[i] != others[i]);
        return $"line {line}: '{lines[line]}' packet by packet, '{others[line]}' in stages";
    }

    private static string Run(string main, string next, int seed, EngineKind engine, StageChoice choice, ref long fetched)
    {
        using Collection collection = Collection.Load(Spec(main, next), new EngineOptions { Cpus = 1 });
        using Executor executor = collection.Programs["main"].CreateExecutor(engine, new MachineOptions { Stages = choice });
        using var burst = new PacketBurst(Packets);
        var random = new Random(seed);
        var story = new StringBuilder();
        for (int round = 0; round < Bursts; round++)
        {
            burst.Clear();
            for (int i = 0; i < Packets; i++)
            {
                byte[] packet = new byte[random.Next(16) == 0 ? 20 : PacketBytes + 8];
                random.NextBytes(packet);
                burst.Add(packet);
            }
            for (int i = 0; engine == EngineKind.Interpreter && i < Packets; i++)
                executor.Run(burst.Frames + i, 1);
            if (engine != EngineKind.Interpreter)
                executor.Run(burst.Frames, Packets);
            for (int i = 0; i < Packets; i++)
                story.Append(burst.Frames[i].Verdict).Append(' ').Append(burst.Frames[i].RedirectTarget).Append(' ').AppendLine(Convert.ToHexString(burst[i]));
        }
        foreach (string table in s_tables)
        {
            foreach ((byte[] key, byte[] value) in collection.Maps[table].Entries().OrderBy(entry => Convert.ToHexString(entry.Key)))
                story.Append(table).Append(Convert.ToHexString(key)).Append('=').AppendLine(Convert.ToHexString(value));
        }
        fetched += (executor as BatchExecutor)?.Fetched ?? 0;
        return story.ToString();
    }

    private static CollectionSpec Spec(string main, string next)
    {
        MapSpec programs = TestProgram.Map("programs", MapType.ProgramArray, 4, 4, 2);
        MapSpec recent = TestProgram.Map("recent", MapType.LruHash, 4, 8, 8);
        recent.Flags |= MapFlags.ZeroSeed;
        CollectionSpec spec = TestProgram.Spec(main, ProgramType.Xdp, TestProgram.Map("flows", MapType.Hash, 4, 8, 12), recent, TestProgram.Map("fixed", MapType.Hash, 4, 8, 32),
            TestProgram.Array("numbers", entries: 16), TestProgram.Map("percpu", MapType.PerCpuHash, 4, 8, 32), programs);
        TestProgram.Add(spec, "next", next);
        programs.Entries.Add(new MapEntrySpec([0, 0, 0, 0], null, "next"));
        for (int i = 0; i < 16; i++)
        {
            byte[] key = [(byte)i, 0, 0, 0];
            spec.Maps["fixed"].Entries.Add(new MapEntrySpec(key, BitConverter.GetBytes((ulong)(i * 7 % 16))));
            spec.Maps["numbers"].Entries.Add(new MapEntrySpec(key, BitConverter.GetBytes((ulong)(i * 5 % 16))));
            if (i % 2 == 0)
                spec.Maps["flows"].Entries.Add(new MapEntrySpec(key, BitConverter.GetBytes((ulong)i)));
        }
        return spec;
    }

    /// <summary>Writes programs. R6 is the context, R7 the packet, of which 32 bytes are there, R9 a number that goes from piece to piece.</summary>
    private sealed class Writer(Random random)
    {
        private readonly StringBuilder _text = new();
        private int _labels;
        private bool _calls;

        public (string Main, string Next) Write()
        {
            string main = Program(random.Next(3, 11), isMain: true);
            _calls = false;
            return (main, Program(random.Next(1, 4), isMain: false));
        }

        private string Program(int pieces, bool isMain)
        {
            _text.Clear();
            Add("r6 = r1\nr9 = 3");
            for (int slot = 8; slot <= 56; slot += 8)
                Add($"r1 = {slot}\n*(u64 *)(r10 -{slot}) = r1");
            Enter();
            for (int i = 0; i < pieces; i++)
                Piece(isMain);
            Add("r0 = r9\nr0 &= 255\nexit\nout:\nr0 = 1\nexit");
            if (_calls)
                Add("called:\nr6 = r2\nr1 &= 15\n*(u32 *)(r10 -4) = r1\nr2 = r10\nr2 += -4\nr1 = map[flows] ll\ncall bpf_map_lookup_elem#1\nif r0 == 0 goto none\n"
                    + "r3 = *(u64 *)(r0 +0)\nr3 += 1\n*(u64 *)(r0 +0) = r3\n*(u64 *)(r6 +0) = r3\nnone:\nr0 = 0\nexit");
            return _text.ToString();
        }

        private void Enter()
        {
            Add("r7 = *(u32 *)(r6 +0)\nr3 = *(u32 *)(r6 +4)\nr2 = r7");
            Add("r2 += 32\nif r2 > r3 goto out");
        }

        private void Piece(bool isMain)
        {
            string table = s_tables[random.Next(s_tables.Length)];
            string changing = random.Next(3) == 0 ? "recent" : random.Next(4) == 0 ? "percpu" : "flows";
            string skip = $"l{_labels++}";
            if (random.Next(3) == 0)
                Add($"r1 = *(u8 *)(r7 +{random.Next(32)})\nif r1 > {random.Next(256)} goto {skip}");
            switch (random.Next(isMain ? 15 : 8))
            {
                case <= 4:
                    Key();
                    Add($"r1 = map[{table}] ll\ncall bpf_map_lookup_elem#1\nif r0 == 0 goto {skip}\nr9 = *(u64 *)(r0 +0)");
                    if (table != "fixed" && random.Next(4) == 0)
                        Add("r1 = r9\nr1 += 3\n*(u64 *)(r0 +0) = r1");
                    else if (table != "fixed" && random.Next(4) == 0)
                        Add("r1 = 1\nlock *(u64 *)(r0 +0) += r1");
                    break;
                case 5:
                    Key();
                    Add($"*(u64 *)(r10 -32) = r9\nr3 = r10\nr3 += -32\nr4 = 0\nr1 = map[{changing}] ll\ncall bpf_map_update_elem#2\nr9 ^= r0");
                    break;
                case 6:
                    Key();
                    Add($"r1 = map[{changing}] ll\ncall bpf_map_delete_elem#3\nr9 += r0");
                    break;
                case 7:
                    Add($"*(u8 *)(r7 +{random.Next(32)}) = r9");
                    break;
                case 8:
                    Add($"if r9 == {random.Next(16)} goto out");
                    break;
                case 9 or 10:
                    // A pointer that is one of two, to store or to load through.
                    Add($"r3 = r10\nr3 += -{8 * random.Next(1, 4)}\nr1 = *(u8 *)(r7 +{random.Next(32)})\nr1 &= 1\nif r1 == 0 goto p{skip}\nr3 += -{8 * random.Next(1, 4)}\np{skip}:");
                    Add(random.Next(2) == 0 ? "*(u64 *)(r3 +0) = r9" : "r9 = *(u64 *)(r3 +0)");
                    break;
                case 11:
                    Add($"r1 = r6\nr2 = {(random.Next(2) == 0 ? -4 : 4)}\ncall bpf_xdp_adjust_head#44\nif r0 != 0 goto out");
                    Enter();
                    break;
                case 12:
                    Add("call bpf_get_smp_processor_id#8\nr9 += r0\nr1 = 4\nr2 = 0\ncall bpf_redirect#23\nr9 += r0");
                    break;
                case 13:
                    _calls = true;
                    Add($"r1 = r9\nr2 = r10\nr2 += -48\ncall called\nr9 = *(u64 *)(r10 -48)");
                    break;
                default:
                    Add("r1 = r6\nr2 = map[programs] ll\nr3 = 0\ncall bpf_tail_call#12\nr9 += 1");
                    break;
            }
            Add($"{skip}:");
        }

        // R2 leads to a key: made of the packet, of what was found last, or of whatever the stack holds there.
        private void Key()
        {
            switch (random.Next(4))
            {
                case 0:
                    Add("r1 = r9\nr1 &= 15\n*(u32 *)(r10 -16) = r1");
                    break;
                case 1:
                    Add($"*(u32 *)(r10 -16) = {random.Next(16)}");
                    break;
                case 2:
                    Add($"r1 = *(u8 *)(r7 +{random.Next(32)})\nr1 &= 15\n*(u32 *)(r10 -16) = r1");
                    break;
            }
            Add($"r2 = r10\nr2 += -{(random.Next(4) == 0 ? 24 : 16)}");
        }

        private void Add(string text) => _text.AppendLine(text);
    }
}
