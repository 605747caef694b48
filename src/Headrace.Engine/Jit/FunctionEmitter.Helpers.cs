using System.Reflection.Emit;
using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

internal sealed unsafe partial class FunctionEmitter
{
    /// <summary>Writes a helper in place; false when it has to be called.</summary>
    private bool EmitInlineHelper(int slot, HelperId helper, AbstractState state)
    {
        switch (helper)
        {
            case HelperId.MapLookupElem when state[1].Kind == ValueKind.Map && _facts.GivesValues(state[1].Map):
                EmitLookup(slot, state[1].Map, state);
                return true;
            case HelperId.MapUpdateElem when state[1].Kind == ValueKind.Map && ArgumentProof.Holds(_facts, state, helper):
                EmitMapCall(state[1].Map, nameof(Map.Update), MapCode.UpdateParameters);
                return true;
            case HelperId.MapDeleteElem when state[1].Kind == ValueKind.Map && ArgumentProof.Holds(_facts, state, helper):
                EmitMapCall(state[1].Map, nameof(Map.Delete), MapCode.DeleteParameters);
                return true;
            case HelperId.Loop when state[2].Kind == ValueKind.Function:
                EmitLoop(slot, (int)state[2].Offset);
                return true;
            case HelperId.GetSmpProcessorId:
                LoadField(_state, nameof(MachineState.Cpu));
                _il.Emit(OpCodes.Conv_U8);
                Set(Register.R0);
                return true;
            default:
                return false;
        }
    }

    private void EmitLookup(int slot, int index, AbstractState state)
    {
        CheckKey(slot, _program.MapArray[index].KeySize, state);
        _maps.Lookup(index, () => Get(Register.R2));
        Set(Register.R0);
    }

    // A change of a known map with proved arguments: R2 on in the order of the method's parameters, then the processor where it asks for one.
    private void EmitMapCall(int index, string name, Type[] parameters)
    {
        _maps.Change(index, name, parameters, argument => Get((Register)argument));
        Set(Register.R0);
    }

    private void CheckKey(int slot, int size, AbstractState state)
    {
        AccessProof proof = _facts.Prove(state, (int)Register.R2, 0, size, write: false);
        if (proof is not (AccessProof.Stack or AccessProof.Packet or AccessProof.MapValue))
            CallCheck(new Access(slot, Register.R2, 0, size, false));
    }

    // bpf_loop with a callback that is known: as LoopHelpers.Loop, each call direct.
    private void EmitLoop(int slot, int callback)
    {
        LocalBuilder count = _il.DeclareLocal(typeof(uint));
        LocalBuilder index = _il.DeclareLocal(typeof(uint));
        Label next = _il.DefineLabel();
        Label ended = _il.DefineLabel();
        Label done = _il.DefineLabel();
        Get(Register.R4);
        _il.Emit(OpCodes.Brtrue, Rare(() => Answer(-Errno.EINVAL, done)));
        Get(Register.R1);
        _il.Emit(OpCodes.Conv_U4);
        _il.Emit(OpCodes.Stloc, count);
        _il.Emit(OpCodes.Ldloc, count);
        _il.Emit(OpCodes.Ldc_I4, (int)Machine.MaxLoops);
        _il.Emit(OpCodes.Bgt_Un, Rare(() => Answer(-Errno.E2BIG, done)));
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Stloc, index);

        _il.MarkLabel(next);
        _il.Emit(OpCodes.Ldloc, index);
        _il.Emit(OpCodes.Ldloc, count);
        _il.Emit(OpCodes.Bge_Un, ended);
        CallFunction(slot, callback, () =>
        {
            _il.Emit(OpCodes.Ldloc, index);
            _il.Emit(OpCodes.Conv_U8);
            Get(Register.R3);
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
        Set(Register.R0);
        _il.MarkLabel(done);
    }

    private void Answer(long result, Label then)
    {
        _il.Emit(OpCodes.Ldc_I8, result);
        Set(Register.R0);
        _il.Emit(OpCodes.Br, then);
    }
}
