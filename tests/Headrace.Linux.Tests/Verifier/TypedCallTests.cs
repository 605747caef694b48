using Headrace.Objects;
using Headrace.Testing;
using Headrace.Verifier;

namespace Headrace.Linux.Tests.Verifier;

/// <summary>The programs of <c>calls.bpf.c</c>, whose rules need types: spin locks, timers, callbacks.</summary>
public class TypedCallTests
{
    [Fact]
    public void Every_program_is_judged_as_the_kernel_judges_it()
    {
        RequiresKernel.OrSkip();
        var spec = CollectionSpec.Load(Path.Combine(Repository.Root, "tests", "Headrace.Linux.Tests", "Verifier", "calls.bpf.o"));
        using KernelCollection kernel = KernelCollection.Load(spec, new KernelLoadOptions { Programs = [] });
        using KernelBtf types = KernelBtf.Load(spec.Types!.KernelForm.Span, spec.Source);
        KernelMap[] maps = [.. spec.Maps.Select(map => kernel.Maps[map.Name])];
        var differences = new List<string>();
        int accepted = 0;
        foreach (ProgramSpec program in spec.Programs)
        {
            KernelVerdict verdict = Ask(program, maps, types);
            VerifierResult ours = ProgramVerifier.Verify(spec, program);
            accepted += verdict.IsAccepted ? 1 : 0;
            if (ours.IsAccepted != verdict.IsAccepted || ours.LastLine != verdict.Message)
                differences.Add($"{program.Name}: {(ours.IsAccepted ? "accepted" : ours.LastLine)}, kernel: {(verdict.IsAccepted ? "accepts" : verdict.Message)}");
        }
        Assert.InRange(accepted, 12, spec.Programs.Count - 12);
        Assert.True(differences.Count == 0, string.Join('\n', [$"{spec.Programs.Count} programs, {accepted} accepted", .. differences]));
    }

    private static KernelVerdict Ask(ProgramSpec program, KernelMap[] maps, KernelBtf types)
    {
        try
        {
            using KernelProgram loaded = KernelProgram.Load(program, maps, types, logLevel: 1);
            return new KernelVerdict(true, "", loaded.Log);
        }
        catch (KernelException refusal) when (refusal.Log.Length > 0)
        {
            return new KernelVerdict(false, KernelVerdict.LastMessage(refusal.Log), refusal.Log);
        }
    }
}
