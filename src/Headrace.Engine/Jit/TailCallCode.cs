using System.Reflection.Emit;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>Writes tail calls: through the machine, behind the programs themselves where it is known what they lead to.</summary>
/// <param name="code">The function.</param>
/// <param name="tokens">Pushes arguments.</param>
internal sealed class TailCallCode(FunctionCode code, TokenCode tokens)
{
    // A method that grows without bound would lose the runtime's optimisation.
    private const int MostInlinedActors = 2000;

    private readonly ILGenerator _il = code.Il;

    /// <summary>Writes a tail call.</summary>
    /// <remarks>Where it happens, the callee's R0 is this function's; where it does not, the program goes on.</remarks>
    public void Call(Actor call)
    {
        Label falls = _il.DefineLabel();
        LocalBuilder result = _il.DeclareLocal(typeof(ulong));
        PointerFacts array = call.Inputs[1].Facts.Pointer;
        bool known = array is { Kind: PointerKind.Map, Index: >= 0 } && code.Program.MapArray[array.Index] is ProgramArrayMap;
        // Functions and callbacks may have made tail calls of their own: then the machine counts, from the run's start on.
        if (code.IsBurst && !code.Root.Needs.Begin)
        {
            if (known && call.Expansion?.Form == HelperForm.TailCallOfIndex && InlineTarget(array.Index, (uint)call.Inputs[2].Immediate) is { } target)
                WriteTarget(new InlinedTarget(code.Maps, array.Index, (uint)call.Inputs[2].Immediate, target, _il.DeclareLocal(typeof(LoadedProgram))));
            if (!code.HasPacket)
                code.Run.TakePacket();
            if (!code.Needs.Machine)
                code.Run.TakeProgram();
            _il.Emit(OpCodes.Ldloc, code.State);
            _il.Emit(OpCodes.Ldc_I4, code.TailCalls);
            _il.Emit(OpCodes.Stfld, JitMethods.StateField(nameof(MachineState.TailCalls)));
            code.Machine.GiveBudget();
        }
        code.Machine.SaveBudget();
        _il.Emit(OpCodes.Ldarg_1);
        if (known)
            code.Maps.Load(array.Index);
        else
            tokens.Push(call.Inputs[1], wide: true);
        tokens.Push(call.Inputs[2], wide: true);
        _il.Emit(OpCodes.Ldloca, result);
        code.Run.NotePlace(call);
        _il.Emit(OpCodes.Call, known ? JitMethods.TailCallThrough : JitMethods.TailCall);
        _il.Emit(OpCodes.Brfalse, falls);
        code.Machine.LoadBudget();
        if (code.IsBurst)
        {
            _il.Emit(OpCodes.Ldarg_1);
            _il.Emit(OpCodes.Call, JitMethods.AfterTailCall);
        }
        code.Run.Return(() => _il.Emit(OpCodes.Ldloc, result));
        _il.MarkLabel(falls);
        if (!code.Needs.Machine)
            code.Run.ReturnProgram();
    }

    /// <summary>Writes what a burst finds out before its first packet: whether the calls that were written in place still lead where they did.</summary>
    /// <remarks>Programs cannot change the arrays; a change by others counts from the next burst on, of which no packet can have been there before it.</remarks>
    public static void FindTargets(FunctionCode code)
    {
        if (code.IsAhead || !code.Function.Actors.Any(actor => actor.Expansion is { Form: HelperForm.TailCallOfIndex }))
            return;
        // What they are is known once everything is written.
        Label found = code.Il.DefineLabel();
        code.Il.Emit(OpCodes.Br, code.Rare(() =>
        {
            foreach ((LocalBuilder holds, List<InlinedTarget> targets) in code.Inlined.Calls)
            {
                Label other = code.Il.DefineLabel();
                code.Il.Emit(OpCodes.Ldc_I4_0);
                code.Il.Emit(OpCodes.Stloc, holds);
                foreach (InlinedTarget target in targets)
                    code.Machine.Target(target.Maps, target.Array, target.Index, target.Code.Program.Id, target.Found, other);
                code.Il.Emit(OpCodes.Ldc_I4_1);
                code.Il.Emit(OpCodes.Stloc, holds);
                code.Il.MarkLabel(other);
            }
            code.Il.Emit(OpCodes.Br, found);
        }));
        code.Il.MarkLabel(found);
    }

    // Writes a program in place of the call that leads to it now. Whether it still does, and whether the calls in there do, is seen once a burst.
    private void WriteTarget(InlinedTarget target)
    {
        Label other = _il.DefineLabel();
        if (code.Caller is null)
        {
            LocalBuilder holds = _il.DeclareLocal(typeof(bool));
            code.Inlined.Calls.Add((holds, []));
            _il.Emit(OpCodes.Ldloc, holds);
            _il.Emit(OpCodes.Brfalse, other);
        }
        code.Inlined.Calls[^1].Targets.Add(target);
        code.Inlined.Actors += target.Code.Graph.Main.Actors.Count();
        var inner = new FunctionCode(target, code);
        if (inner.Needs.Machine)
        {
            if (!code.HasPacket)
                code.Run.TakePacket();
            inner.Run.TakeProgram();
        }
        new BlockCode(inner).Write();
        _il.MarkLabel(other);
    }

    private CompiledProgram? InlineTarget(int array, uint index)
    {
        var programs = (ProgramArrayMap)code.Program.MapArray[array];
        if (programs.ProgramAt(index) is not { IsCompiled: true } target || target.Context != code.Program.Context || !code.Program.MayTailCall(target) || target.MapArray != code.Program.MapArray)
            return null;
        for (FunctionCode? caller = code; caller is not null; caller = caller.Caller)
        {
            if (caller.Program == target)
                return null;
        }
        CompiledProgram found = target.Compiled;
        bool isSimple = found.Graph.IsVerified == code.Trusts && found.Graph.Functions.Count == 1 && found.Needs is { Begin: false, Budget: false };
        return isSimple && code.TailCalls + 1 < Machine.MaxTailCalls && code.Inlined.Actors + found.Graph.Main.Actors.Count() <= MostInlinedActors ? found : null;
    }
}
