using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Objects;

namespace Headrace.Ports.Tests.Replay;

public class ReplayTests
{
    // Drops packets that are longer than 300 bytes, passes the others.
    private const string Judge = """
        r2 = *(u32 *)(r1 +4)
        r1 = *(u32 *)(r1 +0)
        r2 -= r1
        r0 = 1
        if r2 > 300 goto pc+1
        r0 = 2
        exit
        """;

    [Theory]
    [InlineData(EngineKind.Interpreter)]
    [InlineData(EngineKind.Jit)]
    public void Verdicts_bytes_and_packets_are_counted_over_all_repeats(EngineKind kind)
    {
        const string source = "gen:packets=1000,sizes=60:1/900:1,seed=3";
        var expected = new Dictionary<uint, long> { [1] = 0, [2] = 0 };
        long bytes = 0;
        using (PacketSource packets = PacketSource.Open(source))
        {
            while (packets.TryRead(out Packet packet))
            {
                expected[packet.Data.Length > 300 ? 1u : 2u] += 2;
                bytes += 2 * packet.Data.Length;
            }
        }

        var seen = new List<long>();
        using Collection collection = Load(Judge);
        using Executor executor = collection.Programs["judge"].CreateExecutor(kind);
        ReplayResult result = new Ports.Replay(() => PacketSource.Open(source)) { Repeat = 2, OnPacket = (index, _, _, _) => seen.Add(index) }
            .Run(new ExecutorReplayEngine(executor));

        Assert.Equal(2000, result.Packets);
        Assert.Equal(bytes, result.Bytes);
        Assert.Equal(expected.OrderBy(pair => pair.Key), result.Verdicts.OrderBy(pair => pair.Key));
        Assert.Equal(expected[1], result.Count(XdpAction.Drop));
        Assert.Equal(0, result.Count(XdpAction.Tx));
        Assert.Equal(Enumerable.Range(0, 1000).Select(index => (long)index), seen);
        Assert.True(result.NanosecondsPerPacket > 0);
    }

    [Theory]
    [InlineData(EngineKind.Interpreter)]
    [InlineData(EngineKind.Jit)]
    public void A_fault_names_the_packet_at_which_it_happened(EngineKind kind)
    {
        // Reads byte 299 of every packet without asking how long it is.
        using Collection collection = Load("r1 = *(u32 *)(r1 +0)\nr0 = *(u8 *)(r1 +299)\nexit", new EngineOptions { Unverified = true, UnverifiedOnAllEngines = true });
        using Executor executor = collection.Programs["judge"].CreateExecutor(kind);
        const string source = "gen:packets=1000,sizes=60:1/900:9,seed=3";
        long first = 0;
        using (PacketSource packets = PacketSource.Open(source))
        {
            while (packets.TryRead(out Packet packet) && packet.Data.Length >= 300)
                first++;
        }
        ReplayException error = Assert.Throws<ReplayException>(
            () => new Ports.Replay(() => PacketSource.Open(source)).Run(new ExecutorReplayEngine(executor)));
        Assert.Equal(first, error.Packet);
        Assert.Equal(1, Assert.IsType<ProgramFaultException>(error.InnerException).Instruction);
    }

    [Fact]
    public void An_empty_source_gives_an_empty_result()
    {
        using Collection collection = Load(Judge);
        using Executor executor = collection.Programs["judge"].CreateExecutor(EngineKind.Jit);
        ReplayResult result = new Ports.Replay(() => PacketSource.Open("gen:packets=0")).Run(new ExecutorReplayEngine(executor));
        Assert.Equal((0, 0, 0.0), (result.Packets, result.Bytes, result.NanosecondsPerPacket));
        Assert.Empty(result.Verdicts);
    }

    private static Collection Load(string text, EngineOptions? options = null)
    {
        var spec = new CollectionSpec { Source = "test" };
        spec.Programs.Add(new ProgramSpec { Name = "judge", Type = ProgramType.Xdp, Instructions = Assembler.Assemble(text) });
        return Collection.Load(spec, options);
    }
}
