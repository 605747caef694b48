using Headrace.Engine.Fused;

namespace Headrace.Engine;

public sealed partial class LoadedProgram
{
    private FusedProgram? _fused;
    private bool? _isCompiled;

    /// <summary>True when it is compiled; else the interpreter runs it.</summary>
    internal bool IsCompiled => _isCompiled ??= CompileLimits.Allow(this);

    /// <summary>The machine code of the program's graph, shared by all its executors.</summary>
    internal FusedProgram Fused => Volatile.Read(ref _fused) ?? Interlocked.CompareExchange(ref _fused, new FusedProgram(this, Graph), null) ?? _fused;
}
