using System.Reflection.Emit;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>Writes expressions: what pushes an actor's token, from where it is kept or by firing it with all that goes into it.</summary>
internal sealed unsafe class TokenCode
{
    private readonly FunctionCode _code;
    private readonly ILGenerator _il;
    private readonly ArithmeticCode _arithmetic;
    private readonly CallCode _calls;

    /// <summary>Prepares to write the tokens of a function.</summary>
    public TokenCode(FunctionCode code)
    {
        (_code, _il) = (code, code.Il);
        Conditions = new ConditionCode(code, this);
        Accesses = new AccessCode(code, this);
        _arithmetic = new ArithmeticCode(code, this);
        _calls = new CallCode(code, this);
    }

    /// <summary>Writes comparisons and what depends on them.</summary>
    public ConditionCode Conditions { get; }

    /// <summary>Writes accesses to memory.</summary>
    public AccessCode Accesses { get; }

    /// <summary>Pushes a token.</summary>
    /// <param name="actor">Whose.</param>
    /// <param name="wide">True for 64 bits, false for the low 32.</param>
    public void Push(Actor actor, bool wide)
    {
        switch (actor.Kind)
        {
            case ActorKind.Constant:
                _code.Constant(actor.Immediate, wide);
                return;
            case ActorKind.FramePointer:
                PushAddress(actor, 0);
                break;
            case ActorKind.MapHandle:
                _il.Emit(OpCodes.Ldc_I8, (long)_code.Program.MapArray[actor.Map].Handle);
                break;
            case ActorKind.MapValueAddress or ActorKind.ElementAddress:
                PushAddress(actor, 0);
                break;
            case ActorKind.FunctionAddress:
                _il.Emit(OpCodes.Ldc_I8, (long)FunctionPointers.Of(_code.Program, (int)actor.Immediate));
                break;
            case ActorKind.Parameter:
                PushParameter((int)actor.Immediate);
                break;
            case var _ when _code.Plan is not null && StagePlan.IsPlacedOnStack(actor):
                PushStackAddress(actor.Facts.Pointer);
                break;
            default:
                if (_code.VariableOf(actor) is { } variable)
                {
                    _il.Emit(OpCodes.Ldloc, variable);
                    _code.Convert(!Placement.IsNarrow(actor), wide);
                }
                else
                {
                    // In the width that is asked for: what the runtime's compiler knows again, a rotation, is not to be torn.
                    Fire(actor, !wide);
                }
                return;
        }
        _code.Convert(true, wide);
    }

    /// <summary>Pushes an address and a displacement; what is constant of it becomes one number.</summary>
    public void PushAddress(Actor pointer, long displacement)
    {
        switch (pointer.Kind)
        {
            case ActorKind.FramePointer:
                _il.Emit(OpCodes.Ldloc, _code.Top);
                displacement -= pointer.Immediate * Machine.MaxStack;
                break;
            case ActorKind.MapValueAddress:
                long values = (long)MapValues.Address(_code.Program.MapArray[pointer.Map]);
                displacement += pointer.Immediate;
                if (_code.Constants?.Of(values) is not { } variable)
                {
                    _il.Emit(OpCodes.Ldc_I8, values + displacement);
                    return;
                }
                _il.Emit(OpCodes.Ldloc, variable);
                break;
            case ActorKind.ElementAddress:
                _code.Maps.Element(pointer.Map, (uint)pointer.Immediate, displacement);
                return;
            default:
                Push(pointer, wide: true);
                break;
        }
        if (displacement == 0)
            return;
        _il.Emit(OpCodes.Ldc_I8, displacement);
        _il.Emit(OpCodes.Add);
    }

    /// <summary>Writes what an actor does and pushes its token.</summary>
    /// <param name="actor">The actor.</param>
    /// <param name="narrow">True for the low 32 bits. Otherwise 64, of which those above may be anything where nobody looks at them.</param>
    public void Fire(Actor actor, bool narrow)
    {
        switch (actor.Kind)
        {
            case ActorKind.Load:
                Accesses.Load(actor, narrow);
                return;
            case ActorKind.Atomic:
                Accesses.Atomic(actor, narrow);
                return;
            case ActorKind.PacketLoad:
                Accesses.LoadPacket(actor);
                _code.Convert(true, !narrow);
                return;
            case ActorKind.Helper:
                _calls.CallHelper(actor);
                _code.Convert(true, !narrow);
                return;
            case ActorKind.Call:
                _calls.Call(actor);
                _code.Convert(true, !narrow);
                return;
            case ActorKind.LoopBudget:
                _code.Run.TakeLoop();
                _code.Convert(false, !narrow);
                return;
            case ActorKind.Compare:
                Conditions.Compare(actor);
                _code.Convert(false, !narrow);
                return;
            default:
                _arithmetic.Compute(actor, narrow);
                return;
        }
    }

    private void PushParameter(int register)
    {
        if (!_code.IsBurst)
            _il.Emit(OpCodes.Ldarg, JitMethods.FirstArgument + register - 1);
        else if (register != 1 || _code.Graph.IsPlain)
            _il.Emit(OpCodes.Ldc_I8, 0L);
        else
            PushContext();
    }

    // The frame's address stands for the context: accesses go to its fields.
    private void PushContext()
    {
        _il.Emit(OpCodes.Ldloc, _code.Frame);
        _il.Emit(OpCodes.Conv_U8);
    }

    // In whichever frame the stage works: the token may have been made in the other one.
    private void PushStackAddress(PointerFacts place)
    {
        _il.Emit(OpCodes.Ldloc, _code.Top);
        _il.Emit(OpCodes.Ldc_I8, place.Offset!.Value - place.Index * Machine.MaxStack);
        _il.Emit(OpCodes.Add);
    }
}
