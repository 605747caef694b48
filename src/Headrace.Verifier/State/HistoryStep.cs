namespace Headrace.Verifier;

/// <summary>One instruction of a path, kept so that precision can be followed back along it.</summary>
/// <param name="Slot">The instruction.</param>
/// <param name="Frame">The frame it ran in.</param>
/// <param name="StackFrame">The frame whose stack it read or wrote at a known place; -1 for none.</param>
/// <param name="StackIndex">Which 8 bytes of it.</param>
/// <param name="Linked">Scalars that learned from a jump: a group of places in the path's list; null for none.</param>
internal readonly record struct HistoryStep(int Slot, byte Frame, sbyte StackFrame, byte StackIndex, LinkedPlace[]? Linked);
