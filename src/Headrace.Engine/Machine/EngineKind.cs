namespace Headrace.Engine;

/// <summary>The ways a program runs in user space.</summary>
public enum EngineKind
{
    /// <summary>One instruction after the other, every access checked: the reference semantics.</summary>
    Interpreter,

    /// <summary>
    /// The program's dataflow graph compiled to IL, one method a burst, and by .NET's compiler to machine code: verified programs run without the checks
    /// that were proved. Programs too large to compile run on the interpreter.
    /// </summary>
    Jit,

    /// <summary>Compiled too, after the entries of large tables that a burst's packets will want were fetched into the cache.</summary>
    Batch,

    /// <summary>As a dataflow graph in a token simulator: the reference model of hardware.</summary>
    Dataflow,
}
