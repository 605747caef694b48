namespace Headrace.Engine.Jit;

/// <summary>Runs one function of a program: R1 to R5 in, R0 out.</summary>
internal delegate ulong FunctionMethod(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5);
