using System.Reflection.Emit;

namespace Headrace.Engine.Jit;

/// <summary>A program that was written in place of the tail call that led to it.</summary>
/// <param name="Maps">Writes accesses to the caller's maps.</param>
/// <param name="Array">The program array, by its index among them.</param>
/// <param name="Index">The place in the array.</param>
/// <param name="Code">What was there.</param>
/// <param name="Found">The local that holds what is there now.</param>
internal sealed record InlinedTarget(MapCode Maps, int Array, uint Index, CompiledProgram Code, LocalBuilder Found);
