using System.Reflection;
using System.Reflection.Emit;
using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

internal sealed unsafe partial class FunctionEmitter
{
    private void EmitCall(int slot, Instruction instruction, AbstractState state)
    {
        if (instruction.CallKind == CallKind.Local)
            EmitLocalCall(slot, ControlFlow.FunctionTarget(instruction, slot));
        else if (_program.IsPlain)
            Copy(Register.R1, Register.R0);
        else if (instruction.Imm32 == (int)HelperId.TailCall)
            EmitTailCall(slot, state);
        else if (!EmitInlineHelper(slot, (HelperId)instruction.Imm32, state))
            EmitHelper(slot, (HelperId)instruction.Imm32, state);
    }

    private void EmitHelper(int slot, HelperId helper, AbstractState state)
    {
        bool known = ArgumentProof.Holds(_facts, state, helper) ? HelperTable.TryGetTrusted(helper, out HelperEntry entry) : HelperTable.TryGet(helper, out entry);
        if (!known)
            throw new UnsupportedFeatureException($"program '{_program.Name}'", $"helper {helper} at instruction {slot}", "the engines do not have it");
        HelperEffects effects = HelperEffectTable.Of(helper);
        bool callsBack = effects.HasFlag(HelperEffects.CallsBack);
        NotePlace(slot);
        if (callsBack)
            SaveBudget();
        _il.Emit(OpCodes.Ldarg_1);
        for (int argument = 1; argument <= JitMethods.ArgumentCount; argument++)
            Get((Register)argument);
        _il.Emit(OpCodes.Ldc_I8, (long)entry.Function);
        _il.Emit(OpCodes.Conv_I);
        _il.EmitCalli(OpCodes.Calli, CallingConventions.Standard, typeof(ulong), JitMethods.HelperParameters, null);
        Set(Register.R0);
        if (callsBack)
            LoadBudget();
        if (effects.HasFlag(HelperEffects.MovesPacket) || (callsBack && _facts.MovesPacket))
            ReloadPacket();
    }

    private void EmitLocalCall(int slot, int target)
    {
        CallFunction(slot, target, () =>
        {
            for (int argument = 1; argument <= JitMethods.ArgumentCount; argument++)
                Get((Register)argument);
        });
        Set(Register.R0);
        for (int argument = 1; argument <= JitMethods.ArgumentCount; argument++)
        {
            _il.Emit(OpCodes.Ldc_I8, 0L);
            Set((Register)argument);
        }
    }

    /// <summary>Calls a function of the program, which has registers, a stack frame and a method of its own; pushes its R0.</summary>
    private void CallFunction(int slot, int target, Action arguments)
    {
        LocalBuilder result = _il.DeclareLocal(typeof(ulong));
        Label tooDeep = Rare(() => Throw(slot, JitMethods.DepthFault));
        Spend(slot, _program.FunctionLength(target));
        SaveBudget();
        AddDepth(OpCodes.Add);
        LoadField(_state, nameof(MachineState.CallDepth));
        _il.Emit(OpCodes.Ldc_I4, Machine.MaxCallDepth);
        _il.Emit(OpCodes.Bge, tooDeep);
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldarg_1);
        arguments();
        _il.Emit(OpCodes.Call, _functions.Method(target));
        _il.Emit(OpCodes.Stloc, result);
        AddDepth(OpCodes.Sub);
        LoadBudget();
        if (_facts.MovesPacket)
            ReloadPacket();
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

    // Where it happens, the callee's R0 is this function's; where it does not, the program goes on.
    private void EmitTailCall(int slot, AbstractState state)
    {
        AbstractValue array = state[2];
        Label falls = _il.DefineLabel();
        LocalBuilder result = _il.DeclareLocal(typeof(ulong));
        // Functions and callbacks may have made tail calls of their own: then the machine counts, from the run's start on.
        if (_mode == Mode.Burst && !Root._needs.Begin)
        {
            EmitKnownTarget(state);
            TakeProgram();
            _il.Emit(OpCodes.Ldloc, _state);
            _il.Emit(OpCodes.Ldc_I4, _tailCalls);
            _il.Emit(OpCodes.Stfld, JitMethods.StateField(nameof(MachineState.TailCalls)));
        }
        NotePlace(slot);
        SaveBudget();
        _il.Emit(OpCodes.Ldarg_1);
        bool known = array.Kind == ValueKind.Map && _program.MapArray[array.Map] is ProgramArrayMap;
        if (known)
            _maps.Load(array.Map);
        else
            Get(Register.R2);
        Get(Register.R3);
        _il.Emit(OpCodes.Ldloca, result);
        _il.Emit(OpCodes.Call, known ? JitMethods.TailCallThrough : JitMethods.TailCall);
        _il.Emit(OpCodes.Brfalse, falls);
        LoadBudget();
        if (_mode == Mode.Burst)
        {
            _il.Emit(OpCodes.Ldarg_1);
            _il.Emit(OpCodes.Call, JitMethods.AfterTailCall);
        }
        _il.Emit(OpCodes.Ldloc, result);
        Set(Register.R0);
        Leave();
        _il.MarkLabel(falls);
        if (!_needs.Program)
            ReturnProgram();
    }

    /// <summary>Legacy packet access: R0 gets the bytes in host order, or the program exits with 0.</summary>
    private void EmitPacketLoad(int slot, Instruction instruction)
    {
        Label inside = _il.DefineLabel();
        LocalBuilder value = _il.DeclareLocal(typeof(ulong));
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldc_I4, instruction.Imm32);
        if (instruction.Opcode.Mode == AccessMode.Ind)
        {
            Get(instruction.Src);
            _il.Emit(OpCodes.Conv_I4);
            _il.Emit(OpCodes.Add);
        }
        _il.Emit(OpCodes.Ldc_I4, instruction.Opcode.SizeInBytes);
        _il.Emit(OpCodes.Ldc_I4, slot);
        _il.Emit(OpCodes.Ldloca, value);
        _il.Emit(OpCodes.Call, JitMethods.LoadPacket);
        _il.Emit(OpCodes.Ldloc, value);
        Set(Register.R0);
        _il.Emit(OpCodes.Brtrue, inside);
        Leave();
        _il.MarkLabel(inside);
    }

    /// <summary>Tells the machine which instruction runs, before anything that may fault.</summary>
    private void NotePlace(int slot)
    {
        _il.Emit(OpCodes.Ldloc, _state);
        _il.Emit(OpCodes.Ldc_I4, slot);
        _il.Emit(OpCodes.Stfld, JitMethods.StateField(nameof(MachineState.Pc)));
    }

    private void Copy(Register from, Register to)
    {
        Get(from);
        Set(to);
    }

    /// <summary>What a run starts with; see <see cref="Machine.Begin"/>, of which this does only what the program can notice.</summary>
    private void StartRun()
    {
        _machine.Begin(_frame, _needs.Begin, _needs.Machine);
        if (_budget is null && _needs.HandsBudget)
        {
            _il.Emit(OpCodes.Ldloc, _state);
            _il.Emit(OpCodes.Ldarg_1);
            _il.Emit(OpCodes.Call, JitMethods.Budget);
            _il.Emit(OpCodes.Stfld, JitMethods.StateField(nameof(MachineState.Budget)));
        }
    }
}
