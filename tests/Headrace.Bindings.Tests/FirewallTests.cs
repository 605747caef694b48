using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Linux;
using Headrace.Objects;
using Headrace.Ports;
using Headrace.Testing;

namespace Headrace.Bindings.Tests;

/// <summary>Typed maps, in both places: what C# writes the program finds, what the program counts C# reads.</summary>
public unsafe class FirewallTests
{
    private const string Traffic = "gen:packets=4000,flows=200,sizes=64,seed=1";

    [Fact]
    public void Rules_and_counters_agree_in_user_space_and_kernel()
    {
        GlobalsTests.RequireKernel();
        using Firewall.UserSpace ours = Firewall.LoadUserSpace();
        using Firewall.Linux kernel = Firewall.LoadLinux();
        using Executor executor = ours.Programs.Firewall.CreateExecutor(EngineKind.Jit);
        using var engine = new KernelEngine(kernel.Programs.Firewall);
        SetRules(ours);
        SetRules(kernel);
        ReplayResult here = new Replay(() => PacketSource.Open(Traffic)).Run(new ExecutorReplayEngine(executor));
        ReplayResult there = new Replay(() => PacketSource.Open(Traffic)).Run(new Kernelled(engine));
        Assert.Equal(here.Verdicts, there.Verdicts);
        Assert.InRange(here.Count(XdpAction.Drop), 1, here.Packets - 1);
        for (uint rule = 0; rule < 4; rule++)
            Assert.Equal(Sum(ours, rule), Sum(kernel, rule));
        Assert.Equal(here.Count(XdpAction.Drop), Sum(ours, 2).Packets);
        Assert.Equal(here.Packets, Enumerable.Range(0, 4).Sum(rule => Sum(ours, (uint)rule).Packets));
    }

    [Fact]
    public void Elements_of_a_hash_come_and_go_in_user_space()
    {
        using Firewall.UserSpace firewall = Firewall.LoadUserSpace();
        CheckHash(firewall);
    }

    [Fact]
    public void Elements_of_a_hash_come_and_go_in_the_kernel()
    {
        GlobalsTests.RequireKernel();
        using Firewall.Linux firewall = Firewall.LoadLinux();
        CheckHash(firewall);
    }

    [Fact]
    public void Values_of_every_cpu_are_set_and_read()
    {
        using Firewall.UserSpace ours = Firewall.LoadUserSpace();
        CheckPerCpu(ours);
        GlobalsTests.RequireKernel();
        using Firewall.Linux kernel = Firewall.LoadLinux();
        CheckPerCpu(kernel);
    }

    [Fact]
    public void The_spec_is_the_collections()
    {
        Firewall.Spec spec = Firewall.Open();
        spec.Maps.Flows.MaxEntries = 7;
        Assert.Equal(7u, spec.Collection.Maps["flows"].MaxEntries);
        Assert.Equal(ProgramType.Xdp, spec.Programs.Firewall.Type);
        using Firewall.UserSpace firewall = Firewall.LoadUserSpace(spec);
        Assert.Equal(7u, firewall.Maps.Flows.MaxEntries);
        Assert.Same(firewall.Collection.Maps["flows"], firewall.Maps.Flows.UserSpace);
    }

    [Fact]
    public void Another_object_is_refused_by_what_it_lacks()
    {
        ObjectException error = Assert.Throws<ObjectException>(() => Firewall.Open(Path.Combine(Repository.Programs, "globals.bpf.o")));
        Assert.Contains("map 'counters'", error.Message);
        Assert.Contains("another object than the one the bindings were compiled against", error.Message);
        Assert.Equal(4, Firewall.Open(Path.Combine(Repository.Programs, "firewall.bpf.o")).Collection.Maps.Count);
    }

    [Fact]
    public void A_program_that_was_not_loaded_is_named()
    {
        GlobalsTests.RequireKernel();
        using Firewall.Linux firewall = Firewall.LoadLinux(null, new KernelLoadOptions { Programs = [] });
        HeadraceException error = Assert.Throws<HeadraceException>(() => firewall.Programs.Firewall);
        Assert.Contains("program 'firewall' was not loaded", error.Message);
    }

    [Fact]
    public void The_example_counts_what_it_drops()
    {
        string capture = Path.GetTempFileName();
        try
        {
            long inside = 0, packets = 0;
            using (PacketSource source = PacketSource.Open("gen:packets=2000,flows=300,seed=5"))
            using (CaptureWriter writer = CaptureWriter.Create(capture))
            {
                for (; source.TryRead(out Packet packet); packets++)
                {
                    writer.Write(packet);
                    // 10.0.0.0/25 without 10.0.0.64/26.
                    if (packet.Data[12] == 0x08 && packet.Data[26..29].SequenceEqual((byte[])[10, 0, 0]) && packet.Data[29] < 64)
                        inside++;
                }
            }
            string program = Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "Firewall", Path.GetRelativePath(Path.Combine(AppContext.BaseDirectory, "..", ".."), AppContext.BaseDirectory), "firewall.dll");
            using Process process = Process.Start(new ProcessStartInfo("dotnet", [program, capture]) { RedirectStandardOutput = true })!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            Assert.Contains($"{packets} packets: {packets - inside} passed, {inside} dropped", output);
            Assert.Matches($@"drop 10\.0\.0\.0/25 +{inside} packets", output);
        }
        finally
        {
            File.Delete(capture);
        }
    }

    private static void SetRules(Firewall firewall)
    {
        firewall.Maps.Networks4[Network("10.0.0.0", 25)] = new Firewall.Rule { Number = 2, Action = (uint)XdpAction.Drop };
        firewall.Maps.Networks4.Update(Network("10.0.0.64", 26), new Firewall.Rule { Number = 3, Action = (uint)XdpAction.Pass });
        Assert.Equal(2, firewall.Maps.Networks4.Entries().Count());
    }

    private static Firewall.Network4 Network(string address, uint length) =>
        new() { Length = length, Address = MemoryMarshal.Read<uint>(IPAddress.Parse(address).GetAddressBytes()) };

    private static (long Packets, long Bytes) Sum(Firewall firewall, uint rule)
    {
        Firewall.Counter[] values = firewall.Maps.Counters[rule];
        return (values.Sum(value => (long)value.Packets), values.Sum(value => (long)value.Bytes));
    }

    private static void CheckHash(Firewall firewall)
    {
        var flow = new Firewall.Flow { SourcePort = 1, Protocol = 17, Family = 4 };
        flow.Source[0] = 0x0100000a;
        flow.Destination[3] = 7;
        Assert.False(firewall.Maps.Flows.TryLookup(flow, out _));
        Assert.Throws<KeyNotFoundException>(() => firewall.Maps.Flows[flow]);
        firewall.Maps.Flows[flow] = new Firewall.Rule { Number = 9, Action = 1 };
        Assert.True(firewall.Maps.Flows.TryLookup(flow, out Firewall.Rule rule));
        Assert.Equal((9u, 1u), (rule.Number, rule.Action));
        Assert.ThrowsAny<HeadraceException>(() => firewall.Maps.Flows.Update(flow, rule, MapUpdateFlags.NoExist));
        KeyValuePair<Firewall.Flow, Firewall.Rule> entry = Assert.Single(firewall.Maps.Flows.Entries());
        Assert.Equal(flow, entry.Key);
        Assert.Equal(flow.GetHashCode(), entry.Key.GetHashCode());
        Assert.True(firewall.Maps.Flows.Delete(flow));
        Assert.False(firewall.Maps.Flows.Delete(flow));
        Assert.Empty(firewall.Maps.Flows.Entries());
    }

    private static void CheckPerCpu(Firewall firewall)
    {
        Firewall.Counter[] values = [.. Enumerable.Range(1, firewall.Maps.Counters.Cpus).Select(cpu => new Firewall.Counter { Packets = (ulong)cpu, Bytes = (ulong)cpu * 100 })];
        firewall.Maps.Counters[5] = values;
        Assert.Equal(values, firewall.Maps.Counters[5]);
        Assert.Equal(new Firewall.Counter[values.Length], firewall.Maps.Counters[6]);
        Assert.Throws<ArgumentException>(() => firewall.Maps.Counters.Update(5, new Firewall.Counter[values.Length + 1]));
        Assert.Equal(1024, firewall.Maps.Counters.Entries().Count());
    }

    private sealed class Kernelled(KernelEngine engine) : IReplayEngine
    {
        public double Run(PacketBurst burst)
        {
            engine.Run(burst.Frames, burst.Count);
            return 0;
        }
    }
}
