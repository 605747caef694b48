using System.Reflection.Emit;

namespace Headrace.Engine.Jit;

/// <summary>The methods of a program's functions, each written once, when first asked for.</summary>
/// <param name="analysis">The program.</param>
internal sealed class FunctionTable(ProgramAnalysis analysis) : IFunctionTable
{
    private readonly Dictionary<int, DynamicMethod> _methods = [];
    private readonly Queue<int> _pending = [];

    /// <summary>Makes an empty method that may use everything of this assembly.</summary>
    public static DynamicMethod NewMethod(string name, Type result, Type[] parameters) =>
        new(name, result, parameters, typeof(CompiledProgram).Module, skipVisibility: true) { InitLocals = false };

    /// <inheritdoc/>
    public DynamicMethod Method(int function)
    {
        if (_methods.TryGetValue(function, out DynamicMethod? method))
            return method;
        method = NewMethod(analysis.Program.FunctionAt(function), typeof(ulong), JitMethods.FunctionParameters);
        _methods.Add(function, method);
        _pending.Enqueue(function);
        return method;
    }

    /// <summary>Writes the methods that were asked for, and those that they ask for. They must all be written before one is called.</summary>
    public void WritePending()
    {
        while (_pending.TryDequeue(out int function))
            new FunctionEmitter(this, analysis, function, _methods[function].GetILGenerator()).EmitFunction(JitMethods.ArgumentCount);
    }

    /// <summary>A function ready to be called.</summary>
    public FunctionMethod Delegate(int function)
    {
        DynamicMethod method = Method(function);
        WritePending();
        return method.CreateDelegate<FunctionMethod>(analysis.Program.MapArray);
    }
}
