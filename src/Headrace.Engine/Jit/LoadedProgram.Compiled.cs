using Headrace.Engine.Jit;

namespace Headrace.Engine;

public sealed partial class LoadedProgram
{
    private CompiledProgram? _compiled;
    private EntryMethod? _compiledEntry;

    /// <summary>The program as tail calls enter it.</summary>
    internal EntryMethod CompiledEntry => _compiledEntry ??= Compiled.Entry;

    /// <summary>The program's machine code, shared by all its executors.</summary>
    internal CompiledProgram Compiled => Volatile.Read(ref _compiled) ?? Interlocked.CompareExchange(ref _compiled, new CompiledProgram(this), null) ?? _compiled;
}
