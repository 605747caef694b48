using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Linux.Tests.Differential;
using Headrace.Linux.Tests.Objects;
using Headrace.Objects;
using Headrace.Testing;
using Headrace.Verifier;

namespace Headrace.Linux.Tests.Soundness;

/// <summary>What is proved of real programs holds over real traffic, and rubbish in the bits that are dead changes nothing.</summary>
public unsafe class ObjectSoundnessTests(ITestOutputHelper output)
{
    private const int BurstSize = 64;
    private const int Packets = 3000;

    public static TheoryData<string> Objects() => [.. Repository.ProgramObjects.Select(path => Path.GetFileName(path))];

    [Theory, MemberData(nameof(Objects))]
    public void Committed_programs_keep_to_what_is_proved_of_them(string name) => Check(() =>
    {
        CollectionSpec spec = ObjectFiles.Load(name);
        ObjectSetup.Of(name).Prepare(spec);
        return spec;
    }, [.. Traffic.Read(Traffic.Generated).Take(Packets), .. Captured()]);

    [Theory, MemberData(nameof(ThirdParty.Loadable), MemberType = typeof(ThirdParty))]
    public void Other_peoples_programs_keep_to_what_is_proved_of_them(string name)
    {
        string path = ThirdParty.PathOf(name);
        List<byte[]> packets = [.. Traffic.Read(Traffic.Generated).Take(Packets), .. Captured()];
        Check(() =>
        {
            var spec = CollectionSpec.Load(path);
            XdpFilterElements.AddTo(spec, packets, 40);
            return spec;
        }, packets);
    }

    private static IEnumerable<byte[]> Captured() => SharedData.Folder is null
        ? []
        : SharedData.Captures().SelectMany(capture => Traffic.Read(capture).Where(packet => packet.Length <= ushort.MaxValue).Take(Packets / 10));

    private void Check(Func<CollectionSpec> load, List<byte[]> packets)
    {
        CollectionSpec spec = load();
        var facts = new Dictionary<string, CompiledFacts>();
        foreach (ProgramSpec program in spec.Programs)
        {
            VerifierResult result = ProgramVerifier.Verify(spec, program);
            Assert.True(result.Program is not null, $"{program.Name}: {result.Error}");
            facts.Add(program.Name, new CompiledFacts(result.Program));
        }
        foreach (ProgramSpec program in spec.Programs.Where(program => program.AutoLoad))
            Check(spec, load(), program.Name, facts, packets);
    }

    private void Check(CollectionSpec spec, CollectionSpec again, string name, Dictionary<string, CompiledFacts> facts, List<byte[]> packets)
    {
        using Collection checkedCollection = Collection.Load(spec), scrambled = Collection.Load(again);
        MachineOptions options() => new() { RandomSeed = 1, Clock = new FixedClock(1_000_000_000) };
        using var interpreter = new Interpreter(checkedCollection.Programs[name], options());
        using var second = new Interpreter(scrambled.Programs[name], options());
        var checker = new FactChecker(interpreter.Machine);
        var scrambler = new DeadBitScrambler(new SeededRandom(1));
        foreach ((string program, CompiledFacts known) in facts)
        {
            checker.Add(checkedCollection.Programs[program], known);
            scrambler.Add(scrambled.Programs[program], known);
        }
        interpreter.Observer = checker;
        second.Observer = scrambler;
        bool hasSkb = interpreter.Program.Type != ProgramType.Xdp;
        using PacketBurst burst = new(BurstSize, hasSkb), other = new(BurstSize, hasSkb);
        foreach (byte[][] chunk in packets.Chunk(BurstSize))
        {
            foreach (PacketBurst each in (PacketBurst[])[burst, other])
            {
                each.Clear();
                foreach (byte[] packet in chunk)
                    each.Add(packet);
            }
            interpreter.Run(burst.Frames, burst.Count);
            second.Run(other.Frames, other.Count);
            interpreter.Machine.RunTimers();
            second.Machine.RunTimers();
            for (int i = 0; i < chunk.Length; i++)
            {
                ref Frame was = ref burst.Frames[i], now = ref other.Frames[i];
                Assert.Equal(was.Verdict, now.Verdict);
                Assert.True(new ReadOnlySpan<byte>(was.Data, was.Length).SequenceEqual(new ReadOnlySpan<byte>(now.Data, now.Length)),
                    "with rubbish in dead bits the packet is another");
            }
        }
        output.WriteLine($"{name}: {packets.Count} packets, {checker.Instructions} instructions, {checker.Checks} registers compared");
    }
}
