namespace Headrace.Engine;

/// <summary>The ways a program runs in user space.</summary>
public enum EngineKind
{
    /// <summary>One instruction after the other, every access checked: the reference semantics.</summary>
    Interpreter,

    /// <summary>Compiled to IL and by .NET's compiler to machine code.</summary>
    Jit,

    /// <summary>As <see cref="Jit"/>, after the entries of large tables that a burst's packets will want were fetched into the cache.</summary>
    Batch,

    /// <summary>The dataflow graph compiled, all its actors fused into one method: verified programs run without the checks that were proved.</summary>
    Fused,

    /// <summary>As a dataflow graph in a token simulator: the reference model of hardware.</summary>
    Dataflow,
}
