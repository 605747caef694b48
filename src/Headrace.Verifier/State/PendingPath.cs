namespace Headrace.Verifier;

/// <summary>A path to be walked later.</summary>
/// <param name="State">What is known at its start.</param>
/// <param name="Slot">Where it starts.</param>
/// <param name="From">The instruction that found it.</param>
/// <param name="LogLength">How long the log was when it was found.</param>
internal readonly record struct PendingPath(VerifierState State, int Slot, int From, int LogLength);
