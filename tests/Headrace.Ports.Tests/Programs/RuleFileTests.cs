using Headrace.Engine;
using Headrace.Testing;

namespace Headrace.Ports.Tests;

/// <summary>The committed map contents fit the generator's traffic: what a newcomer sees is not all PASS.</summary>
public class RuleFileTests
{
    private const string Traffic = "gen:packets=40000,flows=1000,ipv6=10,vlan=5,attack=synflood:10/udpflood:5/dnsamp:2";
    private const int Drop = 1, Pass = 2, Tx = 3, Redirect = 4;

    [Fact]
    public void Every_rule_of_the_firewall_decides_some_packets()
    {
        using var run = new RuleRun("firewall", "firewall", Traffic);
        Assert.InRange(run.Verdicts[Drop], 40_000 * 17 / 100, 40_000 / 2);
        Assert.InRange(run.Verdicts[Pass], 40_000 / 3, 40_000);
        foreach (uint rule in (uint[])[0, 2, 3, 4, 5, 6, 7, 8, .. Enumerable.Range(10, 8).Select(i => (uint)i)])
            Assert.True(run.Packets("counters", rule) > 0, $"rule {rule} decided no packet");
    }

    [Theory]
    [InlineData("lb", "lb", new[] { Pass, Tx })]
    [InlineData("router", "router", new[] { Pass, Redirect })]
    [InlineData("tunnel", "encapsulate", new[] { Pass, Tx })]
    [InlineData("tenants", "tenants", new[] { Drop, Pass })]
    public void Every_verdict_of_the_others_comes_up(string program, string entry, int[] verdicts)
    {
        using var run = new RuleRun(program, entry, Traffic);
        Assert.All(verdicts, verdict => Assert.True(run.Verdicts[verdict] > 1000, $"verdict {verdict}: {run.Verdicts[verdict]} of 40000"));
    }

    /// <summary>One run of the interpreter over generated traffic, with the map contents of the folder.</summary>
    private sealed unsafe class RuleRun : IDisposable
    {
        private readonly Collection _collection;

        public RuleRun(string name, string program, string traffic)
        {
            _collection = Collection.Load(ProgramMaps.LoadFilled(name));
            using var executor = _collection.Programs[program].CreateExecutor(EngineKind.Interpreter);
            using var burst = new PacketBurst(64);
            using var source = PacketSource.Open(traffic);
            for (bool more = true; more; Run(executor, burst))
            {
                burst.Clear();
                while (burst.Count < burst.Capacity && (more = source.TryRead(out var packet)))
                    burst.Add(packet.Data);
            }
        }

        public int[] Verdicts { get; } = new int[5];

        public ulong Packets(string map, uint key)
        {
            var found = _collection.Maps[map];
            byte[] value = new byte[found.UserValueSize];
            return found.TryLookup(BitConverter.GetBytes(key), value) ? BitConverter.ToUInt64(value) : 0;
        }

        public void Dispose() => _collection.Dispose();

        private void Run(Executor executor, PacketBurst burst)
        {
            executor.Run(burst.Frames, burst.Count);
            for (int i = 0; i < burst.Count; i++)
                Verdicts[burst.Frames[i].Verdict]++;
        }
    }
}
