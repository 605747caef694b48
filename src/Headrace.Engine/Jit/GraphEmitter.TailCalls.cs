using System.Reflection.Emit;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

internal sealed unsafe partial class GraphEmitter
{
    // A method that grows without bound would lose the runtime's optimisation.
    private const int MostInlinedActors = 2000;

    private readonly GraphEmitter? _caller;
    private LocalBuilder? _self;
    private int _inlinedActors;
    private int _tailCalls;

    private GraphEmitter Root => _caller?.Root ?? this;

    // Where it happens, the callee's R0 is this function's; where it does not, the program goes on.
    private void EmitTailCall(Actor call)
    {
        Label falls = _il.DefineLabel();
        LocalBuilder result = _il.DeclareLocal(typeof(ulong));
        PointerFacts array = call.Inputs[1].Facts.Pointer;
        bool known = array is { Kind: PointerKind.Map, Index: >= 0 } && _program.MapArray[array.Index] is ProgramArrayMap;
        // Functions and callbacks may have made tail calls of their own: then the machine counts, from the run's start on.
        if (_isBurst && !Root._needs.Begin)
        {
            if (known && call.Expansion?.Form == HelperForm.TailCallOfIndex)
                EmitKnownTarget(array.Index, (uint)call.Inputs[2].Immediate);
            if (!_needs.Program)
                TakeProgram();
            _il.Emit(OpCodes.Ldloc, _state);
            _il.Emit(OpCodes.Ldc_I4, _tailCalls);
            _il.Emit(OpCodes.Stfld, JitMethods.StateField(nameof(MachineState.TailCalls)));
        }
        SaveBudget();
        _il.Emit(OpCodes.Ldarg_1);
        if (known)
            _maps.Load(array.Index);
        else
            Push(call.Inputs[1], wide: true);
        Push(call.Inputs[2], wide: true);
        _il.Emit(OpCodes.Ldloca, result);
        NotePlace(call);
        _il.Emit(OpCodes.Call, known ? JitMethods.TailCallThrough : JitMethods.TailCall);
        _il.Emit(OpCodes.Brfalse, falls);
        LoadBudget();
        if (_isBurst)
        {
            _il.Emit(OpCodes.Ldarg_1);
            _il.Emit(OpCodes.Call, JitMethods.AfterTailCall);
        }
        Return(() => _il.Emit(OpCodes.Ldloc, result));
        _il.MarkLabel(falls);
        if (!_needs.Program)
            ReturnProgram();
    }

    // Writes the program that a constant index of a known array leads to now in place of the call, behind a test that it still does.
    private void EmitKnownTarget(int array, uint index)
    {
        if (InlineTarget(array, index) is not { } target)
            return;
        Root._inlinedActors += target.Graph.Main.Actors.Count();
        Label other = _il.DefineLabel();
        LocalBuilder found = _machine.Target(_maps, array, index, target.Program.Id, other);
        var inner = new GraphEmitter(target, target.Graph.Main, _il, isBurst: true, this) { _self = found, _tailCalls = _tailCalls + 1 };
        if (target.Needs.Program)
            inner.TakeProgram();
        inner.EmitBlocks();
        _il.MarkLabel(other);
    }

    private CompiledProgram? InlineTarget(int array, uint index)
    {
        var programs = (ProgramArrayMap)_program.MapArray[array];
        if (programs.ProgramAt(index) is not { IsCompiled: true } target || target.Context != _program.Context || !_program.MayTailCall(target) || target.MapArray != _program.MapArray)
            return null;
        for (GraphEmitter? emitter = this; emitter is not null; emitter = emitter._caller)
        {
            if (emitter._program == target)
                return null;
        }
        CompiledProgram code = target.Compiled;
        bool isSimple = code.Graph.IsVerified == _trusts && code.Graph.Functions.Count == 1 && code.Needs is { Begin: false, CountsLoops: false };
        return isSimple && _tailCalls + 1 < Machine.MaxTailCalls && Root._inlinedActors + code.Graph.Main.Actors.Count() <= MostInlinedActors ? code : null;
    }

    private void TakeProgram() => _machine.TakeProgram(_self);

    private void ReturnProgram() => _machine.ReturnProgram(_self);
}
