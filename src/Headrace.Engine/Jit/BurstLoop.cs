using System.Reflection.Emit;

namespace Headrace.Engine.Jit;

/// <summary>Writes the loop over a burst's frames.</summary>
/// <param name="code">The function.</param>
internal sealed unsafe class BurstLoop(FunctionCode code)
{
    private readonly ILGenerator _il = code.Il;

    /// <summary>Writes the loop.</summary>
    /// <param name="first">Writes what comes before it.</param>
    /// <param name="each">Writes what is done with a frame; its code goes on at <see cref="FunctionCode.Next"/>.</param>
    /// <param name="advance">Writes what goes on with the frame, if anything does.</param>
    public void Write(Action first, Action each, Action? advance = null)
    {
        LocalBuilder end = _il.DeclareLocal(typeof(Frame*));
        Label run = _il.DefineLabel();
        Label done = _il.DefineLabel();
        code.Machine.LoadState();
        _il.Emit(OpCodes.Ldarg_2);
        _il.Emit(OpCodes.Stloc, code.Frame);
        _il.Emit(OpCodes.Ldarg_2);
        _il.Emit(OpCodes.Ldarg_3);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Ldc_I4, sizeof(Frame));
        _il.Emit(OpCodes.Mul);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, end);
        first();
        TailCallCode.FindTargets(code);

        _il.MarkLabel(run);
        _il.Emit(OpCodes.Ldloc, code.Frame);
        _il.Emit(OpCodes.Ldloc, end);
        _il.Emit(OpCodes.Bge_Un, done);
        each();
        _il.MarkLabel(code.Next);
        Advance(code.Frame, sizeof(Frame));
        advance?.Invoke();
        _il.Emit(OpCodes.Br, run);
        _il.MarkLabel(done);
    }

    /// <summary>Moves a pointer on.</summary>
    public void Advance(LocalBuilder pointer, int bytes)
    {
        _il.Emit(OpCodes.Ldloc, pointer);
        _il.Emit(OpCodes.Ldc_I4, bytes);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, pointer);
    }
}
