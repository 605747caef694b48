using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

/// <summary>What a branch tells on each of its two ways.</summary>
internal static class BranchFacts
{
    /// <summary>Takes in that a branch was or was not taken.</summary>
    /// <param name="state">The state behind the branch on that way.</param>
    /// <param name="branch">The branch.</param>
    /// <param name="taken">Which way.</param>
    public static void Learn(AbstractState state, Instruction branch, bool taken)
    {
        if (branch.Opcode.JumpOp == JumpOp.Jcond)
            return;
        int register = (int)branch.Dst;
        AbstractValue left = state[register];
        AbstractValue right = Transfer.Operand(state, branch);
        JumpOp op = taken ? branch.Opcode.JumpOp : Opposite(branch.Opcode.JumpOp);
        if (!branch.Opcode.Is32)
        {
            if (left is { Kind: ValueKind.MapValue, MayBeNull: true } && right.IsConstant && right.Low == 0)
                LearnNull(state, register, op);
            else if (left.Kind == ValueKind.Packet && right.Kind == ValueKind.PacketEnd)
                LearnEnd(state, left, op);
            else if (left.Kind == ValueKind.PacketEnd && right.Kind == ValueKind.Packet)
                LearnEnd(state, right, Mirrored(op));
        }
        if (left.Kind == ValueKind.Number && right.Kind == ValueKind.Number)
            LearnBounds(state, branch, op, left, right);
    }

    private static void LearnNull(AbstractState state, int register, JumpOp op)
    {
        if (op is JumpOp.Jeq or JumpOp.Jle)
            state.LearnNull(register, isNull: true);
        else if (op is JumpOp.Jne or JumpOp.Jgt)
            state.LearnNull(register, isNull: false);
    }

    private static void LearnEnd(AbstractState state, AbstractValue pointer, JumpOp op)
    {
        if (op is JumpOp.Jle or JumpOp.Jeq)
            state.LearnReach(pointer, 0);
        else if (op == JumpOp.Jlt)
            state.LearnReach(pointer, 1);
    }

    private static void LearnBounds(AbstractState state, Instruction branch, JumpOp op, AbstractValue left, AbstractValue right)
    {
        bool is64 = !branch.Opcode.Is32;
        if (!is64)
        {
            // Half a register says nothing of a number that has more.
            if (left.High > uint.MaxValue)
                return;
            right = NumberRules.AsNumber(right, is64: false);
        }
        ulong signBit = is64 ? 1UL << 63 : 1UL << 31;
        if (left.High < signBit && right.High < signBit)
            op = Unsigned(op);
        state[(int)branch.Dst] = Narrowed(op, left, right);
        if (branch.Opcode.UsesRegister && (is64 || state[(int)branch.Src].High <= uint.MaxValue))
            state[(int)branch.Src] = Narrowed(Mirrored(op), right, left);
    }

    // On a way that cannot be taken the bounds would cross: leave them as they were.
    private static AbstractValue Narrowed(JumpOp op, AbstractValue left, AbstractValue right)
    {
        (ulong low, ulong high) = op switch
        {
            JumpOp.Jeq => (Math.Max(left.Low, right.Low), Math.Min(left.High, right.High)),
            JumpOp.Jne when right.IsConstant && ((left.Low | left.High) & (Step(left) - 1)) == 0 && left.High - left.Low >= Step(left) =>
                (left.Low == right.Low ? left.Low + Step(left) : left.Low, left.High == right.Low ? left.High - Step(left) : left.High),
            JumpOp.Jlt when right.High > 0 => (left.Low, Math.Min(left.High, right.High - 1)),
            JumpOp.Jle => (left.Low, Math.Min(left.High, right.High)),
            JumpOp.Jgt when right.Low < ulong.MaxValue => (Math.Max(left.Low, right.Low + 1), left.High),
            JumpOp.Jge => (Math.Max(left.Low, right.Low), left.High),
            _ => (left.Low, left.High),
        };
        return low <= high ? AbstractValue.Number(low, high, left.ZeroBits) : left;
    }

    // From one possible number to the next.
    private static ulong Step(AbstractValue number) => 1UL << Math.Min(number.ZeroBits, 63);

    private static JumpOp Opposite(JumpOp op) => op switch
    {
        JumpOp.Jeq => JumpOp.Jne,
        JumpOp.Jne => JumpOp.Jeq,
        JumpOp.Jgt => JumpOp.Jle,
        JumpOp.Jle => JumpOp.Jgt,
        JumpOp.Jge => JumpOp.Jlt,
        JumpOp.Jlt => JumpOp.Jge,
        JumpOp.Jsgt => JumpOp.Jsle,
        JumpOp.Jsle => JumpOp.Jsgt,
        JumpOp.Jsge => JumpOp.Jslt,
        JumpOp.Jslt => JumpOp.Jsge,
        _ => JumpOp.Jcond, // of `set` and may_goto nothing is known
    };

    private static JumpOp Mirrored(JumpOp op) => op switch
    {
        JumpOp.Jgt => JumpOp.Jlt,
        JumpOp.Jlt => JumpOp.Jgt,
        JumpOp.Jge => JumpOp.Jle,
        JumpOp.Jle => JumpOp.Jge,
        JumpOp.Jsgt => JumpOp.Jslt,
        JumpOp.Jslt => JumpOp.Jsgt,
        JumpOp.Jsge => JumpOp.Jsle,
        JumpOp.Jsle => JumpOp.Jsge,
        _ => op,
    };

    private static JumpOp Unsigned(JumpOp op) => op switch
    {
        JumpOp.Jsgt => JumpOp.Jgt,
        JumpOp.Jsge => JumpOp.Jge,
        JumpOp.Jslt => JumpOp.Jlt,
        JumpOp.Jsle => JumpOp.Jle,
        _ => op,
    };
}
