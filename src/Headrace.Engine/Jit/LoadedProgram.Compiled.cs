using Headrace.Engine.Jit;

namespace Headrace.Engine;

public sealed partial class LoadedProgram
{
    private CompiledProgram? _compiled;
    private bool? _isCompiled;

    /// <summary>True when it is compiled; else the interpreter runs it.</summary>
    internal bool IsCompiled => _isCompiled ??= CompileLimits.Allow(this);

    /// <summary>The machine code of the program's graph, shared by all its executors.</summary>
    internal CompiledProgram Compiled => Volatile.Read(ref _compiled) ?? Interlocked.CompareExchange(ref _compiled, new CompiledProgram(this, Graph), null) ?? _compiled;
}
