using System.Reflection;
using System.Reflection.Emit;
using Headrace.Bytecode;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

internal sealed unsafe partial class GraphEmitter
{
    /// <summary>Writes a helper call and pushes its answer, 64 bits.</summary>
    private void EmitHelper(Actor helper)
    {
        if (EmitInPlace(helper))
            return;
        bool known = _trusts ? HelperTable.TryGetTrusted(helper.Helper, out HelperEntry entry) : HelperTable.TryGet(helper.Helper, out entry);
        if (!known)
            throw new UnsupportedFeatureException($"program '{_program.Name}'", $"helper {helper.Helper} at instruction {helper.Slot}", "the engines do not have it");
        bool callsBack = HelperEffects.Does(helper, HelperBehavior.CallsBack);
        _il.Emit(OpCodes.Ldarg_1);
        for (int argument = 0; argument < JitMethods.ArgumentCount; argument++)
        {
            if (argument < helper.Inputs.Count)
                Push(helper.Inputs[argument], wide: true);
            else
                _il.Emit(OpCodes.Ldc_I8, 0L);
        }
        if (callsBack)
            SaveBudget();
        NotePlace(helper);
        _il.Emit(OpCodes.Ldc_I8, (long)entry.Function);
        _il.Emit(OpCodes.Conv_I);
        _il.EmitCalli(OpCodes.Calli, CallingConventions.Standard, typeof(ulong), JitMethods.HelperParameters, null);
        if (callsBack)
            LoadBudget();
    }

    /// <summary>Writes a helper in place, in the form that the passes found for it; false when it has to be called.</summary>
    private bool EmitInPlace(Actor helper)
    {
        // Without the verifier's word nobody has seen that keys and values are what the map takes.
        if (helper.Expansion is not { Form: var form } || !(_trusts || form == HelperForm.MachineNumber))
            return false;
        switch (form)
        {
            case HelperForm.MachineNumber:
                _maps.LoadCpu();
                _il.Emit(OpCodes.Conv_U8);
                return true;
            case HelperForm.ArrayElement or HelperForm.PerCpuArrayElement or HelperForm.HashLookup or HelperForm.PrefixLookup:
                _maps.Lookup(helper.Map, () => Push(helper.Inputs[1], wide: true), isUse: !_isAhead);
                return true;
            case HelperForm.MapUpdate:
                _maps.Change(helper.Map, nameof(Map.Update), MapCode.UpdateParameters, Argument);
                return true;
            case HelperForm.MapDelete:
                _maps.Change(helper.Map, nameof(Map.Delete), MapCode.DeleteParameters, Argument);
                return true;
            case HelperForm.LoopOfFunction:
                EmitLoop(helper, (int)helper.Inputs[1].Immediate);
                return true;
            default:
                return false;
        }

        void Argument(int register) => Push(helper.Inputs[register - 1], wide: true);
    }

    private void EmitCall(Actor call) => CallFunction(call, (int)call.Immediate, () =>
    {
        for (int argument = 0; argument < JitMethods.ArgumentCount; argument++)
            Push(call.Inputs[argument], wide: true);
    });

    /// <summary>Calls a function of the program, which has a stack frame and a method of its own; pushes its R0.</summary>
    private void CallFunction(Actor call, int target, Action arguments)
    {
        LocalBuilder result = _il.DeclareLocal(typeof(ulong));
        Spend(call, _program.FunctionLength(target));
        SaveBudget();
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldarg_1);
        arguments();
        if (_function.Frames > 1)
            SetDepth(call.Frame + 1);
        else
            AddDepth(OpCodes.Add);
        if (!_trusts)
        {
            LoadField(_state, nameof(MachineState.CallDepth));
            _il.Emit(OpCodes.Ldc_I4, Machine.MaxCallDepth);
            _il.Emit(OpCodes.Bge, Rare(() => Throw(call, JitMethods.DepthFault)));
        }
        _il.Emit(OpCodes.Call, _owner.Method(target));
        _il.Emit(OpCodes.Stloc, result);
        if (_function.Frames > 1)
            SetDepth(call.Frame);
        else
            AddDepth(OpCodes.Sub);
        LoadBudget();
        _il.Emit(OpCodes.Ldloc, result);
    }

    private void AddDepth(OpCode addOrSubtract)
    {
        _il.Emit(OpCodes.Ldloc, _state);
        LoadField(_state, nameof(MachineState.CallDepth));
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(addOrSubtract);
        _il.Emit(OpCodes.Stfld, JitMethods.StateField(nameof(MachineState.CallDepth)));
    }

    // bpf_loop with a callback that is known: as LoopHelpers.Loop, each call direct.
    private void EmitLoop(Actor helper, int callback)
    {
        LocalBuilder count = _il.DeclareLocal(typeof(uint));
        LocalBuilder index = _il.DeclareLocal(typeof(uint));
        LocalBuilder context = _il.DeclareLocal(typeof(ulong));
        LocalBuilder result = _il.DeclareLocal(typeof(ulong));
        Label next = _il.DefineLabel();
        Label ended = _il.DefineLabel();
        Label done = _il.DefineLabel();
        Push(helper.Inputs[0], wide: false);
        _il.Emit(OpCodes.Stloc, count);
        Push(helper.Inputs[2], wide: true);
        _il.Emit(OpCodes.Stloc, context);
        Push(helper.Inputs[3], wide: true);
        _il.Emit(OpCodes.Brtrue, Rare(() => Answer(-Errno.EINVAL)));
        _il.Emit(OpCodes.Ldloc, count);
        _il.Emit(OpCodes.Ldc_I4, (int)Machine.MaxLoops);
        _il.Emit(OpCodes.Bgt_Un, Rare(() => Answer(-Errno.E2BIG)));
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
