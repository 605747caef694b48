using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Objects;
using Headrace.Ports;
using Headrace.Testing;

namespace Headrace.Cli.Tests;

public class ReadmeTests
{
    [Fact]
    public void The_library_example_runs_as_it_is_written()
    {
        byte[] network = [24, 0, 0, 0, 203, 0, 113, 0], rule = [7, 0, 0, 0, 1, 0, 0, 0];

        CollectionSpec spec = CollectionSpec.Load(Path.Combine(Repository.Programs, "firewall.bpf.o"));
        spec.Maps["flows"].MaxEntries = 100_000;

        using Collection firewall = Collection.Load(spec);
        firewall.Maps["networks4"].Update(network, rule);

        using Executor executor = firewall.Programs["firewall"].CreateExecutor(EngineKind.Jit);
        ReplayResult result = new Replay(() => PacketSource.Open("gen:packets=1000,attack=synflood:50")).Run(new ExecutorReplayEngine(executor));
        Assert.Equal(1000, result.Packets);
        Assert.Equal(1000, result.Count(XdpAction.Drop) + result.Count(XdpAction.Pass));

        // The README's lines are these, but for the names of the files and comments.
        string here = File.ReadAllText(Path.Combine(Repository.Root, "tests", "Headrace.Cli.Tests", "ReadmeTests.cs"));
        string block = File.ReadAllText(Path.Combine(Repository.Root, "README.md")).Split("```csharp")[1].Split("```")[0];
        foreach (string line in block.Split('\n').Select(line => line.Split("//")[0].Trim()).Where(line => line.Length > 0 && !line.Contains('"')))
            Assert.Contains(line, here);
    }
}
