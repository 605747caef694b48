namespace Headrace.Engine.Jit;

/// <summary>Runs a program over a burst.</summary>
internal unsafe delegate void BurstMethod(Machine machine, Frame* frames, int count);
