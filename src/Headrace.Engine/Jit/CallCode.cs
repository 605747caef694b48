using System.Reflection;
using System.Reflection.Emit;
using Headrace.Bytecode;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>Writes calls of helpers, or what is done in their place, and of the program's functions.</summary>
/// <param name="code">The function.</param>
/// <param name="tokens">Pushes arguments.</param>
internal sealed unsafe class CallCode(FunctionCode code, TokenCode tokens)
{
    private readonly ILGenerator _il = code.Il;
    private readonly MoveCode _moves = new(code);

    /// <summary>Writes a helper call and pushes its answer, 64 bits.</summary>
    public void CallHelper(Actor helper)
    {
        if (!WriteInPlace(helper))
            CallFromTable(helper);
    }

    private void CallFromTable(Actor helper)
    {
        bool known = code.Trusts ? HelperTable.TryGetTrusted(helper.Helper, out HelperEntry entry) : HelperTable.TryGet(helper.Helper, out entry);
        if (!known)
            throw new UnsupportedFeatureException($"program '{code.Program.Name}'", $"helper {helper.Helper} at instruction {helper.Slot}", "the engines do not have it");
        bool callsBack = HelperEffects.Does(helper, HelperBehavior.CallsBack);
        _il.Emit(OpCodes.Ldarg_1);
        for (int argument = 0; argument < JitMethods.ArgumentCount; argument++)
        {
            if (argument < helper.Inputs.Count)
                tokens.Push(helper.Inputs[argument], wide: true);
            else
                _il.Emit(OpCodes.Ldc_I8, 0L);
        }
        if (callsBack)
            code.Machine.SaveBudget();
        code.Run.NotePlace(helper);
        _il.Emit(OpCodes.Ldc_I8, (long)entry.Function);
        _il.Emit(OpCodes.Conv_I);
        _il.EmitCalli(OpCodes.Calli, CallingConventions.Standard, typeof(ulong), JitMethods.HelperParameters, null);
        if (callsBack)
            code.Machine.LoadBudget();
    }

    /// <summary>Writes a call of a function of the program and pushes its R0, 64 bits.</summary>
    public void Call(Actor call) => CallFunction(call, (int)call.Immediate, () =>
    {
        for (int argument = 0; argument < JitMethods.ArgumentCount; argument++)
            tokens.Push(call.Inputs[argument], wide: true);
    });

    /// <summary>Writes a helper in place, in the form that the passes found for it; false when it has to be called.</summary>
    private bool WriteInPlace(Actor helper)
    {
        // Without the verifier's word nobody has seen that keys and values are what the map takes.
        if (helper.Expansion is not { Form: var form } || !(code.Trusts || form == HelperForm.MachineNumber))
            return false;
        switch (form)
        {
            case HelperForm.MachineNumber:
                code.Maps.LoadCpu();
                _il.Emit(OpCodes.Conv_U8);
                return true;
            case HelperForm.ArrayElement or HelperForm.PerCpuArrayElement or HelperForm.HashLookup or HelperForm.PrefixLookup:
                code.Maps.Lookup(helper.Map, () => tokens.Push(helper.Inputs[1], wide: true), isUse: !code.IsAhead);
                return true;
            case HelperForm.MapUpdate:
                code.Maps.Change(helper.Map, nameof(Map.Update), MapCode.UpdateParameters, Argument);
                return true;
            case HelperForm.MapDelete:
                code.Maps.Change(helper.Map, nameof(Map.Delete), MapCode.DeleteParameters, Argument);
                return true;
            case HelperForm.LoopOfFunction:
                Loop(helper, (int)helper.Inputs[1].Immediate);
                return true;
            case HelperForm.MoveOfEnd when MoveCode.Takes(helper):
                _moves.Move(helper, () => CallFromTable(helper));
                return true;
            default:
                return false;
        }

        void Argument(int register) => tokens.Push(helper.Inputs[register - 1], wide: true);
    }

    /// <summary>Calls a function of the program, which has a stack frame and a method of its own; pushes its R0.</summary>
    private void CallFunction(Actor call, int target, Action arguments)
    {
        LocalBuilder result = _il.DeclareLocal(typeof(ulong));
        code.Run.Spend(call, code.Program.FunctionLength(target));
        code.Machine.SaveBudget();
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldarg_1);
        arguments();
        code.Run.OpenFrame(call);
        _il.Emit(OpCodes.Call, code.Owner.Method(target));
        _il.Emit(OpCodes.Stloc, result);
        code.Run.CloseFrame(call);
        code.Machine.LoadBudget();
        _il.Emit(OpCodes.Ldloc, result);
    }

    // bpf_loop with a callback that is known: as LoopHelpers.Loop, each call direct.
    private void Loop(Actor helper, int callback)
    {
        LocalBuilder count = _il.DeclareLocal(typeof(uint));
        LocalBuilder index = _il.DeclareLocal(typeof(uint));
        LocalBuilder context = _il.DeclareLocal(typeof(ulong));
        LocalBuilder result = _il.DeclareLocal(typeof(ulong));
        Label next = _il.DefineLabel();
        Label ended = _il.DefineLabel();
        Label done = _il.DefineLabel();
        tokens.Push(helper.Inputs[0], wide: false);
        _il.Emit(OpCodes.Stloc, count);
        tokens.Push(helper.Inputs[2], wide: true);
        _il.Emit(OpCodes.Stloc, context);
        tokens.Push(helper.Inputs[3], wide: true);
        _il.Emit(OpCodes.Brtrue, code.Rare(() => Answer(-Errno.EINVAL)));
        _il.Emit(OpCodes.Ldloc, count);
        _il.Emit(OpCodes.Ldc_I4, (int)Machine.MaxLoops);
        _il.Emit(OpCodes.Bgt_Un, code.Rare(() => Answer(-Errno.E2BIG)));
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Stloc, index);

        _il.MarkLabel(next);
        _il.Emit(OpCodes.Ldloc, index);
        _il.Emit(OpCodes.Ldloc, count);
        _il.Emit(OpCodes.Bge_Un, ended);
        CallFunction(helper, callback, () =>
        {
            _il.Emit(OpCodes.Ldloc, index);
            _il.Emit(OpCodes.Conv_U8);
            _il.Emit(OpCodes.Ldloc, context);
            for (int argument = 3; argument <= JitMethods.ArgumentCount; argument++)
                _il.Emit(OpCodes.Ldc_I8, 0L);
        });
        _il.Emit(OpCodes.Ldloc, index);
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, index);
        _il.Emit(OpCodes.Brfalse, next);
        _il.MarkLabel(ended);
        _il.Emit(OpCodes.Ldloc, index);
        _il.Emit(OpCodes.Conv_U8);
        _il.Emit(OpCodes.Stloc, result);
        _il.MarkLabel(done);
        _il.Emit(OpCodes.Ldloc, result);

        void Answer(long answer)
        {
            _il.Emit(OpCodes.Ldc_I8, answer);
            _il.Emit(OpCodes.Stloc, result);
            _il.Emit(OpCodes.Br, done);
        }
    }
}
