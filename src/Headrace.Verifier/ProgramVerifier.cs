using Headrace.Objects;

namespace Headrace.Verifier;

/// <summary>Answers whether the Linux kernel takes a program, without a kernel.</summary>
public static class ProgramVerifier
{
    /// <summary>Verifies one program of a collection.</summary>
    /// <param name="collection">Its maps and types.</param>
    /// <param name="program">The program, linked.</param>
    /// <param name="options">How; null for the usual.</param>
    public static VerifierResult Verify(CollectionSpec collection, ProgramSpec program, VerifierOptions? options = null)
    {
        var verifier = new Verifier(program, collection.Maps, collection.Types, options ?? new VerifierOptions());
        int errno = verifier.Run();
        return new VerifierResult(errno, verifier.Error, verifier.Log, verifier.Processed,
            errno == 0 ? new VerifiedProgram(program, verifier.Maps, verifier.Walked, verifier.FactsLater()) : null)
        {
            Instruction = errno == 0 ? -1 : verifier.Slot,
            MakeExplanation = verifier.MakeExplanation,
        };
    }
}
