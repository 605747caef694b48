namespace Headrace.Linux;

/// <summary>A function of a loaded program.</summary>
/// <param name="Slot">Its first instruction, among the rewritten ones.</param>
/// <param name="TypeId">Its type in the program's types (<see cref="ProgramInfo.BtfId"/>).</param>
public readonly record struct ProgramFunction(int Slot, int TypeId);
