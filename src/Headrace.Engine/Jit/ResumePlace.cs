using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>A place where a packet that waits goes on.</summary>
/// <param name="Number">What its record says, from 1.</param>
/// <param name="Actor">The actor that fires next.</param>
/// <param name="Locals">The locals whose tokens are still needed: the links that are cut.</param>
internal sealed record ResumePlace(int Number, Actor Actor, IReadOnlyList<int> Locals);
