using Headrace.Verifier;

namespace Headrace.Linux.Tests.Soundness;

/// <summary>What one register must satisfy before an instruction.</summary>
/// <param name="Register">Its number.</param>
/// <param name="Facts">What is proved.</param>
internal readonly record struct RegisterCheck(int Register, RegisterFacts Facts)
{
    /// <summary>What the value, or the offset, must satisfy.</summary>
    public NumberFacts Number { get; } = Facts.Number;
}
