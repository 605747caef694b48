using System.Reflection.Emit;
using Headrace.Bytecode;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>Writes arithmetic, in the width that is asked for.</summary>
/// <param name="code">The function.</param>
/// <param name="tokens">Pushes operands.</param>
internal sealed class ArithmeticCode(FunctionCode code, TokenCode tokens)
{
    private readonly ILGenerator _il = code.Il;

    /// <summary>Writes what an actor computes and pushes its token.</summary>
    /// <param name="actor">The actor.</param>
    /// <param name="narrow">True for the low 32 bits. Otherwise 64, of which those above may be anything where nobody looks at them.</param>
    public void Compute(Actor actor, bool narrow)
    {
        switch (actor.Kind)
        {
            case ActorKind.Extend:
                Extend(actor, narrow);
                return;
            case ActorKind.ByteSwap:
                tokens.Push(actor.Inputs[0], wide: actor.Size == 8);
                if (actor.Size == 2)
                    _il.Emit(OpCodes.Conv_U2);
                _il.Emit(OpCodes.Call, JitMethods.ByteSwap(actor.Size * 8));
                code.Convert(actor.Size == 8, !narrow);
                return;
            case ActorKind.Divide or ActorKind.DivideSigned or ActorKind.Remainder or ActorKind.RemainderSigned:
                DivideGuarded(actor, narrow);
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
                tokens.Push(actor.Inputs[0], wide);
                _il.Emit(OpCodes.Neg);
                break;
            case ActorKind.MultiplyHigh:
                tokens.Push(actor.Inputs[0], wide: true);
                tokens.Push(actor.Inputs[1], wide: true);
                _il.Emit(OpCodes.Call, JitMethods.MultiplyHigh);
                break;
            case ActorKind.ShiftLeft or ActorKind.ShiftRight or ActorKind.ShiftRightSigned:
                tokens.Push(actor.Inputs[0], wide);
                PushCount(actor.Inputs[1], wide);
                _il.Emit(actor.Kind switch { ActorKind.ShiftLeft => OpCodes.Shl, ActorKind.ShiftRight => OpCodes.Shr_Un, _ => OpCodes.Shr });
                break;
            default:
                tokens.Push(actor.Inputs[0], wide);
                tokens.Push(actor.Inputs[1], wide);
                _il.Emit(actor.Kind switch
                {
                    ActorKind.Add => OpCodes.Add,
                    ActorKind.Subtract => OpCodes.Sub,
                    ActorKind.Multiply => OpCodes.Mul,
                    ActorKind.And => OpCodes.And,
                    ActorKind.Or => OpCodes.Or,
                    ActorKind.Xor => OpCodes.Xor,
                    _ => throw new UnsupportedFeatureException($"program '{code.Program.Name}'", $"actor {actor.Kind}", "it has no code"),
                });
                break;
        }
        code.Convert(wide, !narrow);
    }

    /// <summary>True when a token is a number of 32 bits, and not only because nobody looks further.</summary>
    public static bool Fits(Actor actor) => actor.Facts.Pointer.Kind == PointerKind.None && actor.Facts.Max <= uint.MaxValue;

    private void PushCount(Actor count, bool wide)
    {
        int mask = wide ? 63 : 31;
        if (count.Kind == ActorKind.Constant)
        {
            _il.Emit(OpCodes.Ldc_I4, (int)count.Immediate & mask);
            return;
        }
        tokens.Push(count, wide: false);
        _il.Emit(OpCodes.Ldc_I4, mask);
        _il.Emit(OpCodes.And);
    }

    private void Extend(Actor actor, bool narrow)
    {
        tokens.Push(actor.Inputs[0], wide: actor.Size == 8);
        if (actor.Size == 8)
        {
            code.Convert(true, !narrow);
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

    // Division by zero gives 0, modulo by zero leaves the number; the least number divided by -1 stays what it is (RFC 9669, section 4.1).
    private void DivideGuarded(Actor actor, bool narrow)
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
            code.Convert(wide, !narrow);
            return;
        }
        Label byZero = _il.DefineLabel();
        Label byMinusOne = _il.DefineLabel();
        Label done = _il.DefineLabel();
        tokens.Push(b, wide);
        _il.Emit(OpCodes.Brfalse, byZero);
        if (signed)
        {
            tokens.Push(b, wide);
            code.Constant(-1, wide);
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
                code.Constant(0, wide);
            }
            else
            {
                tokens.Push(a, wide);
                _il.Emit(OpCodes.Neg);
            }
            _il.Emit(OpCodes.Stloc, result);
            _il.Emit(OpCodes.Br, done);
        }
        _il.MarkLabel(byZero);
        if (isMod)
            tokens.Push(a, wide);
        else
            code.Constant(0, wide);
        _il.Emit(OpCodes.Stloc, result);
        _il.MarkLabel(done);
        _il.Emit(OpCodes.Ldloc, result);
        code.Convert(wide, !narrow);
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
            tokens.Push(a, wide);
            tokens.Push(b, wide);
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
        tokens.Push(actor, wide: true);
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
