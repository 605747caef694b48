using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Objects;

namespace Headrace.Ports.Tests.Steering;

public class FlowFilterTests
{
    private static readonly string[] s_expressions =
    [
        "udp dst port 53", "tcp", "ip6", "ip and not udp", "port 80 or port 443", "tcp[tcpflags] & tcp-syn != 0", "greater 600", "less 100", "vlan",
        "vlan and udp", "net 10.0.0.0/8", "src net 10.0.0.0/9 and dst port 80", "ether[0] & 1 = 0", "ip[2:2] > 500", "icmp or icmp6",
        "ip6[40] > 4 or ip[20] > 4", "udp[8:4] & 0xff != 0", "tcp[((tcp[12] & 0xf0) >> 2):4] = 0x47455420", "ip proto 17 and ip[6:2] & 0x1fff = 0",
        "len % 3 = 1", "(len * 5 - 3) / 7 > 100 and len ^ 1 < 700", "ether proto 0x86dd", "host 10.0.0.1 or host 10.0.0.2", "ip[0] & 0xf > 5",
    ];

    public static TheoryData<string> Expressions => [.. s_expressions];

    /// <summary>The translation gives what a plain interpreter of classic instructions gives, on traffic, on cut packets and on noise.</summary>
    [Theory, MemberData(nameof(Expressions))]
    public void The_translation_chooses_what_the_classic_filter_chooses(string expression)
    {
        Assert.SkipUnless(FlowFilter.Obstacle.Length == 0, FlowFilter.Obstacle);
        FlowFilter filter = FlowFilter.Compile(expression);
        using Collection collection = Load(builder => ClassicTranslator.Append(builder, [.. filter.Instructions], "filter", "take", "leave"));
        using Executor executor = collection.Programs["filter"].CreateExecutor(EngineKind.Jit);
        int chosen = 0, others = 0;
        foreach (byte[] packet in Packets())
        {
            bool wanted = ClassicMachine.Run([.. filter.Instructions], packet) != 0;
            Assert.True(wanted == (Run(executor, packet) == (uint)XdpAction.Redirect), $"{expression}: {(wanted ? "not " : "")}chosen: {Convert.ToHexString(packet)}");
            chosen += wanted ? 1 : 0;
            others += wanted ? 0 : 1;
        }
        Assert.True(others > 0 && (chosen > 0 || expression.Contains("tcp[((", StringComparison.Ordinal)), $"{chosen} chosen, {others} not: the packets test nothing");
    }

    [Theory]
    [InlineData("udp dst prt 53", "filter 'udp dst prt 53': ")]
    [InlineData(" ", "an empty filter expression would take every packet")]
    [InlineData("host nosuch.invalid.", "filter 'host nosuch.invalid.': ")]
    public void What_is_no_expression_is_refused(string expression, string message)
    {
        Assert.SkipUnless(FlowFilter.Obstacle.Length == 0, FlowFilter.Obstacle);
        Assert.StartsWith(message, Assert.Throws<HeadraceException>(() => FlowFilter.Compile(expression)).Message, StringComparison.Ordinal);
    }

    private static unsafe uint Run(Executor executor, byte[] packet)
    {
        using var burst = new PacketBurst(1);
        burst.Add(packet);
        executor.Run(burst.Frames, 1);
        return burst.Frames->Verdict;
    }

    private static IEnumerable<byte[]> Packets()
    {
        var random = new Random(5);
        using PacketSource source = PacketSource.Open("gen:packets=1500,flows=400,sizes=60-1514,ipv6=30,vlan=20,qinq=5,options=20,attack=synflood:10/dnsamp:10,seed=9");
        while (source.TryRead(out Packet packet))
        {
            byte[] whole = packet.Data.ToArray();
            yield return whole;
            if (random.Next(3) == 0)
                yield return whole[..random.Next(14, whole.Length)];
        }
        for (int i = 0; i < 300; i++)
        {
            byte[] noise = new byte[random.Next(14, 100)];
            random.NextBytes(noise);
            yield return noise;
        }
    }

    private static Collection Load(Action<ProgramBuilder> filter)
    {
        ProgramBuilder builder = new ProgramBuilder()
            .Add(Instruction.Load(AccessSize.Word, ClassicTranslator.Packet, Register.R1, 0), Instruction.Load(AccessSize.Word, ClassicTranslator.PacketEnd, Register.R1, 4));
        filter(builder);
        builder.Label("leave").Add(Instruction.Mov(Register.R0, (int)XdpAction.Pass), Instruction.Exit())
            .Label("take").Add(Instruction.Mov(Register.R0, (int)XdpAction.Redirect), Instruction.Exit());
        var spec = new CollectionSpec { Source = "filter" };
        spec.Programs.Add(new ProgramSpec { Name = "filter", Type = ProgramType.Xdp, Instructions = builder.Build() });
        return Collection.Load(spec);
    }
}
