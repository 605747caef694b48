namespace Headrace.Verifier;

/// <summary>What was proved of one instruction, on every path.</summary>
/// <param name="IsReached">False for dead code.</param>
/// <param name="Branch">Conditional jumps: true when always taken, false when never, null when it depends. Null for everything else.</param>
/// <param name="Pointer">Loads and stores: what they go through; <see cref="RegisterKind.NotInitialized"/> when paths differ, and for everything else.</param>
/// <param name="Offset">Loads and stores: bytes from the start of the region (below the frame pointer for the stack); null when it is not one constant.</param>
public readonly record struct InstructionFacts(bool IsReached, bool? Branch, RegisterKind Pointer, int? Offset);
