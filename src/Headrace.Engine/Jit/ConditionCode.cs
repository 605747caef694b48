using System.Reflection.Emit;
using Headrace.Bytecode;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>Writes comparisons: as numbers, as jumps, as choices.</summary>
/// <param name="code">The function.</param>
/// <param name="tokens">Pushes operands.</param>
internal sealed class ConditionCode(FunctionCode code, TokenCode tokens)
{
    private readonly ILGenerator _il = code.Il;

    /// <summary>Pushes 1 or 0, in 32 bits.</summary>
    public void Compare(Actor compare)
    {
        PushCompared(compare);
        switch (compare.Condition)
        {
            case JumpOp.Jset:
                _il.Emit(OpCodes.And);
                code.Constant(0, wide: !IsComparedIn32(compare));
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

    /// <summary>Jumps when a condition holds, or when it does not.</summary>
    public void JumpIf(Actor condition, bool holds, Label target)
    {
        if (condition.Kind != ActorKind.Compare || !code.Placement.IsInTree(condition))
        {
            tokens.Push(condition, wide: condition.IsLiteral || !Placement.IsNarrow(condition));
            _il.Emit(holds ? OpCodes.Brtrue : OpCodes.Brfalse, target);
            return;
        }
        if (condition.Condition is JumpOp.Jeq or JumpOp.Jne && condition.Inputs[1].IsConstant(0))
        {
            tokens.Push(condition.Inputs[0], wide: !IsComparedIn32(condition));
            _il.Emit(condition.Condition == JumpOp.Jne == holds ? OpCodes.Brtrue : OpCodes.Brfalse, target);
            return;
        }
        PushCompared(condition);
        if (condition.Condition == JumpOp.Jset)
        {
            _il.Emit(OpCodes.And);
            _il.Emit(holds ? OpCodes.Brtrue : OpCodes.Brfalse, target);
            return;
        }
        _il.Emit(JitMethods.Jump(condition.Condition, holds), target);
    }

    /// <summary>Sets a variable to one of two tokens.</summary>
    /// <remarks>The one is there before, so that the runtime's compiler may make it a conditional move.</remarks>
    public void Select(Actor select, LocalBuilder target)
    {
        bool wide = !Placement.IsNarrow(select);
        // What is chosen may live in the target itself: both are taken before it is set.
        bool isSafe = code.VariableOf(select.Inputs[1]) != target && !Reads(select.Inputs[0], target) && !Reads(select.Inputs[1], target);
        Label other = _il.DefineLabel();
        Label done = _il.DefineLabel();
        if (isSafe)
        {
            tokens.Push(select.Inputs[2], wide);
            _il.Emit(OpCodes.Stloc, target);
            JumpIf(select.Inputs[0], holds: false, done);
            tokens.Push(select.Inputs[1], wide);
            _il.Emit(OpCodes.Stloc, target);
            _il.MarkLabel(done);
            return;
        }
        JumpIf(select.Inputs[0], holds: false, other);
        tokens.Push(select.Inputs[1], wide);
        _il.Emit(OpCodes.Stloc, target);
        _il.Emit(OpCodes.Br, done);
        _il.MarkLabel(other);
        tokens.Push(select.Inputs[2], wide);
        _il.Emit(OpCodes.Stloc, target);
        _il.MarkLabel(done);
    }

    private bool Reads(Actor actor, LocalBuilder variable) => code.VariableOf(actor) == variable
        || (code.Placement.IsInTree(actor) && actor.Inputs.Any(input => Reads(input, variable)));

    private void PushCompared(Actor compare)
    {
        bool wide = !IsComparedIn32(compare);
        tokens.Push(compare.Inputs[0], wide);
        tokens.Push(compare.Inputs[1], wide);
    }

    /// <summary>True when a comparison needs only low halves.</summary>
    private static bool IsComparedIn32(Actor compare) => compare.Is32
        || (ArithmeticCode.Fits(compare.Inputs[0]) && ArithmeticCode.Fits(compare.Inputs[1]) && (!IsSigned(compare.Condition)
            || (compare.Inputs[0].Facts.Max <= int.MaxValue && compare.Inputs[1].Facts.Max <= int.MaxValue)));

    private static bool IsSigned(JumpOp condition) => condition is JumpOp.Jsgt or JumpOp.Jsge or JumpOp.Jslt or JumpOp.Jsle;
}
