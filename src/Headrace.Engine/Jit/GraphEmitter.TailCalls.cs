using System.Reflection.Emit;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

internal sealed unsafe partial class GraphEmitter
{
    // A method that grows without bound would lose the runtime's optimisation.
    private const int MostInlinedActors = 2000;

    private readonly GraphEmitter? _caller;

    // Of the burst's own program: a variable for each call that was written in place, and what has to hold for it.
    private readonly List<(LocalBuilder Holds, List<InlinedTarget> Targets)> _targets = [];
    private readonly bool _hasPacket;
    private readonly bool _hidesProgram;
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
            if (known && call.Expansion?.Form == HelperForm.TailCallOfIndex && InlineTarget(array.Index, (uint)call.Inputs[2].Immediate) is { } target)
                EmitTarget(new InlinedTarget(_maps, array.Index, (uint)call.Inputs[2].Immediate, target, _il.DeclareLocal(typeof(LoadedProgram))));
            if (!_hasPacket)
                TakePacket();
            if (!_needs.Machine)
                TakeProgram();
            _il.Emit(OpCodes.Ldloc, _state);
            _il.Emit(OpCodes.Ldc_I4, _tailCalls);
            _il.Emit(OpCodes.Stfld, JitMethods.StateField(nameof(MachineState.TailCalls)));
            _machine.GiveBudget();
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
        if (!_needs.Machine)
            ReturnProgram();
    }

    // Writes a program in place of the call that leads to it now. Whether it still does, and whether the calls in there do, is seen once a burst.
    private void EmitTarget(InlinedTarget target)
    {
        Label other = _il.DefineLabel();
        if (_caller is null)
        {
            LocalBuilder holds = _il.DeclareLocal(typeof(bool));
            _targets.Add((holds, []));
            _il.Emit(OpCodes.Ldloc, holds);
            _il.Emit(OpCodes.Brfalse, other);
        }
        Root._targets[^1].Targets.Add(target);
        GraphFunction main = target.Code.Graph.Main;
        Root._inlinedActors += main.Actors.Count();
        var inner = new GraphEmitter(target.Code, main, _il, isBurst: true, this) { _self = target.Found, _tailCalls = _tailCalls + 1 };
        if (inner._needs.Machine)
        {
            if (!_hasPacket)
                TakePacket();
            inner.TakeProgram();
        }
        inner.EmitBlocks();
        _il.MarkLabel(other);
    }

    /// <summary>Writes what a burst finds out before its first packet: whether the calls that were written in place still lead where they did.</summary>
    /// <remarks>Programs cannot change the arrays; a change by others counts from the next burst on, of which no packet can have been there before it.</remarks>
    private void FindTargets()
    {
        if (_isAhead || !_function.Actors.Any(actor => actor.Expansion is { Form: HelperForm.TailCallOfIndex }))
            return;
        // What they are is known once everything is written.
        Label found = _il.DefineLabel();
        _il.Emit(OpCodes.Br, Rare(() =>
        {
            foreach ((LocalBuilder holds, List<InlinedTarget> targets) in _targets)
            {
                Label other = _il.DefineLabel();
                _il.Emit(OpCodes.Ldc_I4_0);
                _il.Emit(OpCodes.Stloc, holds);
                foreach (InlinedTarget target in targets)
                    _machine.Target(target.Maps, target.Array, target.Index, target.Code.Program.Id, target.Found, other);
                _il.Emit(OpCodes.Ldc_I4_1);
                _il.Emit(OpCodes.Stloc, holds);
                _il.MarkLabel(other);
            }
            _il.Emit(OpCodes.Br, found);
        }));
        _il.MarkLabel(found);
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
        bool isSimple = code.Graph.IsVerified == _trusts && code.Graph.Functions.Count == 1 && code.Needs is { Begin: false, Budget: false };
        return isSimple && _tailCalls + 1 < Machine.MaxTailCalls && Root._inlinedActors + code.Graph.Main.Actors.Count() <= MostInlinedActors ? code : null;
    }

    private void TakeProgram() => _machine.TakeProgram(_self);

    private void ReturnProgram() => _machine.ReturnProgram(_self);
}
