namespace Headrace.Verifier;

/// <summary>A jump backward.</summary>
/// <param name="From">The slot of the jump.</param>
/// <param name="To">The slot it goes back to.</param>
/// <param name="MaxTrips">How often the jump is taken at most, from each arrival at the loop from outside; null when no bound is proved.</param>
public readonly record struct LoopFacts(int From, int To, ulong? MaxTrips);
