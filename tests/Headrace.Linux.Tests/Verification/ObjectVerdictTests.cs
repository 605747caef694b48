using Headrace.Bytecode;
using Headrace.Objects;
using Headrace.Testing;

namespace Headrace.Linux.Tests.Verification;

/// <summary>Every program of every object at hand: the verdict here is the kernel's.</summary>
public class ObjectVerdictTests(ITestOutputHelper output)
{
    private const string SystemObjects = "/usr/lib/x86_64-linux-gnu/bpf";

    [Fact]
    public void Programs_of_committed_objects_get_the_kernels_verdict() => Compare(Directory.GetFiles(Repository.Programs, "*.bpf.o"));

    [Fact]
    public void Programs_of_Debians_objects_get_the_kernels_verdict()
    {
        Assert.SkipUnless(Directory.Exists(SystemObjects), "xdp-tools and libxdp are not installed");
        Compare(Directory.GetFiles(SystemObjects, "*.o"));
    }

    private void Compare(string[] paths)
    {
        RequiresKernel.OrSkip();
        var tally = new VerdictTally();
        foreach (string path in paths.Order(StringComparer.Ordinal))
        {
            CollectionSpec spec;
            try
            {
                spec = CollectionSpec.Load(path);
                if (spec.Types is not null && File.Exists("/sys/kernel/btf/vmlinux"))
                    spec.Relocate(Btf.Load("/sys/kernel/btf/vmlinux"));
            }
            catch (HeadraceException error)
            {
                output.WriteLine($"left out: {error.Message}");
                continue;
            }
            try
            {
                Compare(spec, tally);
            }
            catch (HeadraceException error)
            {
                output.WriteLine($"left out: {Path.GetFileName(path)}: {error.Message}");
            }
        }
        output.WriteLine(tally.ToString());
        Assert.True(tally.FalseAccepts + tally.FalseRejects == 0, tally.ToString());
    }

    private static void Compare(CollectionSpec spec, VerdictTally tally)
    {
        using KernelCollection kernel = KernelCollection.Load(spec, new KernelLoadOptions { Programs = [] });
        KernelMap[] maps = [.. spec.Maps.Select(map => kernel.Maps[map.Name])];
        using KernelBtf? types = spec.Types is { } btf ? KernelBtf.Load(btf.KernelForm.Span, spec.Source) : null;
        foreach (ProgramSpec program in spec.Programs.Where(program => program.AutoLoad))
            tally.Compare(spec, program, maps, $"{Path.GetFileName(spec.Source)} {program.Name}", types);
    }
}
