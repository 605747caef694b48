using Headrace.Engine.Jit;

namespace Headrace.Engine;

public sealed partial class LoadedProgram
{
    private CompiledProgram? _compiled;

    /// <summary>The program's machine code, shared by all its executors.</summary>
    internal CompiledProgram Compiled => Volatile.Read(ref _compiled) ?? Interlocked.CompareExchange(ref _compiled, new CompiledProgram(this), null) ?? _compiled;
}
