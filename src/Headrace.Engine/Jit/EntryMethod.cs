namespace Headrace.Engine.Jit;

/// <summary>Runs a program over what the machine has at hand: R1 and R2 in, R0 out.</summary>
internal delegate ulong EntryMethod(Machine machine, ulong r1, ulong r2);
