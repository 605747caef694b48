namespace Headrace.Verifier;

/// <summary>What a verification came to.</summary>
/// <param name="Errno">0 when accepted; otherwise the positive error number the kernel would answer with.</param>
/// <param name="Error">Why it was refused, in the kernel's words; null when it was accepted.</param>
/// <param name="Log">The log.</param>
/// <param name="Processed">Instructions looked at.</param>
/// <param name="Program">What was proved of it; null when it was refused.</param>
public sealed record VerifierResult(int Errno, string? Error, VerifierLog Log, int Processed, VerifiedProgram? Program)
{
    private Explanation? _explanation;

    /// <summary>True when the program is accepted.</summary>
    public bool IsAccepted => Errno == 0;

    /// <summary>Slot of the refused instruction; -1 when the program was accepted.</summary>
    public int Instruction { get; init; } = -1;

    /// <summary>Why it was refused, for its author; null when it was accepted.</summary>
    public Explanation? Explanation => _explanation ??= MakeExplanation?.Invoke();

    internal Func<Explanation>? MakeExplanation { get; init; }

    /// <summary>The last line of <see cref="Error"/>.</summary>
    public string LastLine => Error is null ? "" : Error[(Error.LastIndexOf('\n') + 1)..];
}
