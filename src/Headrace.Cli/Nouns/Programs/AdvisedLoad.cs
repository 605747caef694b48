using Headrace.Bytecode;
using Headrace.Linux;
using Headrace.Objects;
using Headrace.Verifier;

namespace Headrace.Cli.Nouns.Programs;

/// <summary>Loads into the kernel; where it refuses a program, our verifier says what usually mends it.</summary>
internal static class AdvisedLoad
{
    /// <exception cref="HeadraceException">As <see cref="KernelCollection.Load"/>, with advice below the kernel's log.</exception>
    public static KernelCollection Load(CollectionSpec spec, KernelLoadOptions options)
    {
        try
        {
            return KernelCollection.Load(spec, options);
        }
        catch (KernelException error) when (error.Rejection is not null && AdviceFor(spec, error) is { } advice)
        {
            throw new HeadraceException($"{error.Message}{Environment.NewLine}  what usually helps: {advice}", error);
        }
    }

    // Only of use where our verifier stops at the same instruction: elsewhere it would explain another error.
    private static string? AdviceFor(CollectionSpec spec, KernelException error)
    {
        if (spec.Programs.FirstOrDefault(program => error.Subject == $"program '{program.Name}'") is not { } refused)
            return null;
        try
        {
            VerifierResult result = ProgramVerifier.Verify(spec, refused);
            return result.Instruction == error.Rejection!.Instruction ? result.Explanation?.Advice : null;
        }
        catch (HeadraceException)
        {
            return null; // what it cannot verify it cannot explain; the kernel's words stand alone
        }
    }
}
