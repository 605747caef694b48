using Headrace.Bytecode;
using Headrace.Objects;
using Headrace.Testing;

namespace Headrace.Linux.Tests.Objects;

/// <summary>Other people's programs answer the same on every engine and in the kernel.</summary>
public class ThirdPartyRunTests(ITestOutputHelper output)
{
    private const int OneIn = 40;

    [Theory, MemberData(nameof(ThirdParty.Loadable), MemberType = typeof(ThirdParty))]
    public void Agrees_on_every_capture(string name)
    {
        RequiresKernel.OrSkip();
        string path = ThirdParty.PathOf(name);
        List<byte[]> packets = [.. SharedData.Captures().SelectMany(Traffic.Read)];
        CollectionSpec Load()
        {
            var spec = CollectionSpec.Load(path);
            XdpFilterElements.AddTo(spec, packets, OneIn);
            return spec;
        }

        using IDisposable pin = Processors.Pin(out int processor);
        string program = Load().Programs.Single(candidate => candidate.Type == ProgramType.Xdp).Name;
        using var trial = new ObjectTrial(Load, program, [], processor);
        string? difference = trial.Run(packets);
        Assert.True(difference is null, $"{name}: {difference}");
        output.WriteLine($"{program}: {trial.Compared} packets compared, {trial.Untaken} of a length the kernel's test run does not take; "
            + $"verdicts {string.Join(", ", trial.Verdicts.Select(verdict => $"{verdict.Key}: {verdict.Value}"))}");
        if (name.StartsWith("xdpfilt_", StringComparison.Ordinal))
            Assert.True(trial.Verdicts.ContainsKey((uint)XdpAction.Drop) && trial.Verdicts.ContainsKey((uint)XdpAction.Pass), "the rules match no packet or all: nothing is proved");
    }

    [Fact]
    public void What_attaches_to_a_kernel_function_is_refused_in_words()
    {
        RequiresKernel.OrSkip();
        var spec = CollectionSpec.Load(ThirdParty.PathOf("xdpdump_bpf.o"));
        UnsupportedFeatureException error = Assert.Throws<UnsupportedFeatureException>(() => KernelCollection.Load(spec));
        Assert.Contains("Tracing", error.Message, StringComparison.Ordinal);
    }
}
