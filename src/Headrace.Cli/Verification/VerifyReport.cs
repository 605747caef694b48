using Headrace.Objects;
using Headrace.Verifier;

namespace Headrace.Cli.Verification;

/// <summary>What <c>headrace verify</c> has to say of one program.</summary>
/// <param name="Program">The program.</param>
/// <param name="Result">The verdict.</param>
/// <param name="Microseconds">How long it took.</param>
internal sealed record VerifyReport(ProgramSpec Program, VerifierResult Result, long Microseconds);
