using Headrace.Engine.Fused;

namespace Headrace.Engine;

public sealed partial class LoadedProgram
{
    private FusedProgram? _fused;

    /// <summary>The machine code of the program's graph, shared by all its executors.</summary>
    internal FusedProgram Fused => Volatile.Read(ref _fused) ?? Interlocked.CompareExchange(ref _fused, new FusedProgram(this, Graph), null) ?? _fused;
}
