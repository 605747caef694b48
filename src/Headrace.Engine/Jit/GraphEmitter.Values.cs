using System.Reflection.Emit;
using Headrace.Bytecode;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

internal sealed unsafe partial class GraphEmitter
{
    /// <summary>Writes what an actor does and pushes its token.</summary>
    /// <param name="actor">The actor.</param>
    /// <param name="narrow">True for the low 32 bits. Otherwise 64, of which those above may be anything where nobody looks at them.</param>
    private void EmitValue(Actor actor, bool narrow)
    {
        switch (actor.Kind)
        {
            case ActorKind.Load:
                EmitLoad(actor, narrow);
                return;
            case ActorKind.Atomic:
                EmitAtomic(actor, narrow);
                return;
            case ActorKind.PacketLoad:
                EmitPacketLoad(actor);
                Convert(true, !narrow);
                return;
            case ActorKind.Helper:
                EmitHelper(actor);
                Convert(true, !narrow);
                return;
            case ActorKind.Call:
                EmitCall(actor);
                Convert(true, !narrow);
                return;
            case ActorKind.LoopBudget:
                EmitLoopBudget();
                Convert(false, !narrow);
                return;
            case ActorKind.Compare:
                EmitComparison(actor);
                Convert(false, !narrow);
                return;
            case ActorKind.Extend:
                EmitExtend(actor, narrow);
                return;
            case ActorKind.ByteSwap:
                Push(actor.Inputs[0], wide: actor.Size == 8);
                if (actor.Size == 2)
                    _il.Emit(OpCodes.Conv_U2);
                _il.Emit(OpCodes.Call, JitMethods.ByteSwap(actor.Size * 8));
                Convert(actor.Size == 8, !narrow);
                return;
            case ActorKind.Divide or ActorKind.DivideSigned or ActorKind.Remainder or ActorKind.RemainderSigned:
                EmitDivision(actor, narrow);
                return;
        }
        // The low halves of these depend on low halves alone.
        bool isLow = actor.Kind is ActorKind.Add or ActorKind.Subtract or ActorKind.Multiply or ActorKind.And or ActorKind.Or or ActorKind.Xor or ActorKind.Negate
            || (actor.Kind == ActorKind.ShiftLeft && actor.Inputs[1].Kind == ActorKind.Constant && (actor.Inputs[1].Immediate & 63) < 32);
        bool isShort = actor.Kind == ActorKind.ShiftRight && Fits(actor.Inputs[0]) && actor.Inputs[1].Kind == ActorKind.Constant && (actor.Inputs[1].Immediate & 63) < 32;
        bool wide = !actor.Is32 && !(narrow && (isLow || isShort));
        switch (actor.Kind)
        {
            case ActorKind.Negate:
                Push(actor.Inputs[0], wide);
                _il.Emit(OpCodes.Neg);
                break;
            case ActorKind.MultiplyHigh:
                Push(actor.Inputs[0], wide: true);
                Push(actor.Inputs[1], wide: true);
                _il.Emit(OpCodes.Call, JitMethods.MultiplyHigh);
                break;
            case ActorKind.ShiftLeft or ActorKind.ShiftRight or ActorKind.ShiftRightSigned:
                Push(actor.Inputs[0], wide);
                PushCount(actor.Inputs[1], wide);
                _il.Emit(actor.Kind switch { ActorKind.ShiftLeft => OpCodes.Shl, ActorKind.ShiftRight => OpCodes.Shr_Un, _ => OpCodes.Shr });
                break;
            default:
                Push(actor.Inputs[0], wide);
                Push(actor.Inputs[1], wide);
                _il.Emit(actor.Kind switch
                {
                    ActorKind.Add => OpCodes.Add,
                    ActorKind.Subtract => OpCodes.Sub,
                    ActorKind.Multiply => OpCodes.Mul,
                    ActorKind.And => OpCodes.And,
                    ActorKind.Or => OpCodes.Or,
                    ActorKind.Xor => OpCodes.Xor,
                    _ => throw new UnsupportedFeatureException($"program '{_program.Name}'", $"actor {actor.Kind}", "it has no code"),
                });
                break;
        }
        Convert(wide, !narrow);
    }

    /// <summary>True when a token is a number of 32 bits, and not only because nobody looks further.</summary>
    private static bool Fits(Actor actor) => actor.Facts.Pointer.Kind == PointerKind.None && actor.Facts.Max <= uint.MaxValue;

    private void PushCount(Actor count, bool wide)
    {
        int mask = wide ? 63 : 31;
        if (count.Kind == ActorKind.Constant)
        {
            _il.Emit(OpCodes.Ldc_I4, (int)count.Immediate & mask);
            return;
        }
        Push(count, wide: false);
        _il.Emit(OpCodes.Ldc_I4, mask);
        _il.Emit(OpCodes.And);
    }

    private void EmitExtend(Actor actor, bool narrow)
    {
        Push(actor.Inputs[0], wide: actor.Size == 8);
        if (actor.Size == 8)
        {
            Convert(true, !narrow);
            return;
        }
        switch (actor.Size, actor.Signed)
        {
            case (1, true): _il.Emit(OpCodes.Conv_I1); break;
            case (2, true): _il.Emit(OpCodes.Conv_I2); break;
            case (1, false): _il.Emit(OpCodes.Conv_U1); break;
            case (2, false): _il.Emit(OpCodes.Conv_U2); break;
        }
        if (!narrow)
            _il.Emit(actor.Signed && !actor.Is32 ? OpCodes.Conv_I8 : OpCodes.Conv_U8);
    }

    /// <summary>True when a comparison needs only low halves.</summary>
    private static bool IsComparedIn32(Actor compare) => compare.Is32
        || (Fits(compare.Inputs[0]) && Fits(compare.Inputs[1]) && (!IsSigned(compare.Condition)
            || (compare.Inputs[0].Facts.Max <= int.MaxValue && compare.Inputs[1].Facts.Max <= int.MaxValue)));

    private static bool IsSigned(JumpOp condition) => condition is JumpOp.Jsgt or JumpOp.Jsge or JumpOp.Jslt or JumpOp.Jsle;

    private void PushCompared(Actor compare)
    {
        bool wide = !IsComparedIn32(compare);
        Push(compare.Inputs[0], wide);
        Push(compare.Inputs[1], wide);
    }

    /// <summary>Pushes 1 or 0, in 32 bits.</summary>
    private void EmitComparison(Actor compare)
    {
        PushCompared(compare);
        switch (compare.Condition)
        {
            case JumpOp.Jset:
                _il.Emit(OpCodes.And);
                Constant(0, wide: !IsComparedIn32(compare));
                _il.Emit(OpCodes.Cgt_Un);
                return;
            case JumpOp.Jeq: _il.Emit(OpCodes.Ceq); return;
            case JumpOp.Jgt: _il.Emit(OpCodes.Cgt_Un); return;
            case JumpOp.Jlt: _il.Emit(OpCodes.Clt_Un); return;
            case JumpOp.Jsgt: _il.Emit(OpCodes.Cgt); return;
            case JumpOp.Jslt: _il.Emit(OpCodes.Clt); return;
        }
        _il.Emit(compare.Condition switch
        {
            JumpOp.Jne => OpCodes.Ceq,
            JumpOp.Jge => OpCodes.Clt_Un,
            JumpOp.Jle => OpCodes.Cgt_Un,
            JumpOp.Jsge => OpCodes.Clt,
            _ => OpCodes.Cgt,
        });
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Ceq);
    }

    // The one is there before, so that the runtime's compiler may make it a conditional move.
    private void EmitSelect(Actor select, LocalBuilder target)
    {
        bool wide = !Placement.IsNarrow(select);
        // What is chosen may live in the target itself: both are taken before it is set.
        bool isSafe = VariableOf(select.Inputs[1]) != target && !Reads(select.Inputs[0], target) && !Reads(select.Inputs[1], target);
        Label other = _il.DefineLabel();
        Label done = _il.DefineLabel();
        if (isSafe)
        {
            Push(select.Inputs[2], wide);
            _il.Emit(OpCodes.Stloc, target);
            JumpIf(select.Inputs[0], holds: false, done);
            Push(select.Inputs[1], wide);
            _il.Emit(OpCodes.Stloc, target);
            _il.MarkLabel(done);
            return;
        }
        JumpIf(select.Inputs[0], holds: false, other);
        Push(select.Inputs[1], wide);
        _il.Emit(OpCodes.Stloc, target);
        _il.Emit(OpCodes.Br, done);
        _il.MarkLabel(other);
        Push(select.Inputs[2], wide);
        _il.Emit(OpCodes.Stloc, target);
        _il.MarkLabel(done);
    }

    private LocalBuilder? VariableOf(Actor actor) => _placement.LocalOf(actor) is >= 0 and var local ? _variables[local] : null;

    private bool Reads(Actor actor, LocalBuilder variable) => VariableOf(actor) == variable
        || (_placement.IsInTree(actor) && actor.Inputs.Any(input => Reads(input, variable)));

    // Division by zero gives 0, modulo by zero leaves the number; the least number divided by -1 stays what it is (RFC 9669, section 4.1).
    private void EmitDivision(Actor actor, bool narrow)
    {
        (Actor a, Actor b) = (actor.Inputs[0], actor.Inputs[1]);
        bool signed = actor.Kind is ActorKind.DivideSigned or ActorKind.RemainderSigned;
        bool isMod = actor.Kind is ActorKind.Remainder or ActorKind.RemainderSigned;
        bool wide = !(actor.Is32 || (!signed && Fits(a) && Fits(b)));
        ulong mask = wide ? ulong.MaxValue : uint.MaxValue;
        ulong? constant = b.Kind == ActorKind.Constant ? (ulong)b.Immediate & mask : null;
        bool isPlain = constant is { } known ? known != 0 && known != mask : !signed && b.Facts.Pointer.Kind == PointerKind.None && b.Facts.Min > 0 && (wide || Fits(b));
        LocalBuilder result = _il.DeclareLocal(wide ? typeof(ulong) : typeof(uint));
        if (isPlain)
        {
            Divide(a, b, wide, signed, isMod);
            Convert(wide, !narrow);
            return;
        }
        Label byZero = _il.DefineLabel();
        Label byMinusOne = _il.DefineLabel();
        Label done = _il.DefineLabel();
        Push(b, wide);
        _il.Emit(OpCodes.Brfalse, byZero);
        if (signed)
        {
            Push(b, wide);
            Constant(-1, wide);
            _il.Emit(OpCodes.Beq, byMinusOne);
        }
        Divide(a, b, wide, signed, isMod);
        _il.Emit(OpCodes.Stloc, result);
        _il.Emit(OpCodes.Br, done);
        if (signed)
        {
            _il.MarkLabel(byMinusOne);
            if (isMod)
            {
                Constant(0, wide);
            }
            else
            {
                Push(a, wide);
                _il.Emit(OpCodes.Neg);
            }
            _il.Emit(OpCodes.Stloc, result);
            _il.Emit(OpCodes.Br, done);
        }
        _il.MarkLabel(byZero);
        if (isMod)
            Push(a, wide);
        else
            Constant(0, wide);
        _il.Emit(OpCodes.Stloc, result);
        _il.MarkLabel(done);
        _il.Emit(OpCodes.Ldloc, result);
        Convert(wide, !narrow);
    }

    // 32-bit divisions of variables that are kept in 64 bits are done in 64 (see Widened).
    private void Divide(Actor a, Actor b, bool wide, bool signed, bool isMod)
    {
        bool widened = !wide && (!IsHeldNarrow(a) || !IsHeldNarrow(b));
        if (widened)
        {
            Widened(a, signed);
            Widened(b, signed);
        }
        else
        {
            Push(a, wide);
            Push(b, wide);
        }
        if (isMod)
            _il.Emit(signed ? OpCodes.Rem : OpCodes.Rem_Un);
        else
            _il.Emit(signed ? OpCodes.Div : OpCodes.Div_Un);
        if (widened)
            _il.Emit(OpCodes.Conv_U4);
    }

    private static bool IsHeldNarrow(Actor actor) => actor.Kind == ActorKind.Constant || (!actor.IsLiteral && actor.Kind != ActorKind.Parameter && Placement.IsNarrow(actor));

    private void Widened(Actor actor, bool signed)
    {
        if (actor.Kind == ActorKind.Constant)
        {
            _il.Emit(OpCodes.Ldc_I8, signed ? (int)actor.Immediate : (uint)actor.Immediate);
            return;
        }
        Push(actor, wide: true);
        if (!signed)
        {
            _il.Emit(OpCodes.Ldc_I8, (long)uint.MaxValue);
            _il.Emit(OpCodes.And);
            return;
        }
        _il.Emit(OpCodes.Ldc_I4, 32);
        _il.Emit(OpCodes.Shl);
        _il.Emit(OpCodes.Ldc_I4, 32);
        _il.Emit(OpCodes.Shr);
    }
}
