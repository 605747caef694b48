using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class FactTransfer
{
    // What is proved of a packet's length is never more than a packet can have.
    private const long MaxPacketBytes = 0xffff;

    /// <summary>Where a conditional jump always goes in a state; null when it depends.</summary>
    public bool? Decide(FactState state, int slot)
    {
        Instruction instruction = _code[slot];
        Opcode opcode = instruction.Opcode;
        if (walked.BranchAt(slot) is { } always)
            return always;
        if (opcode.JumpOp == JumpOp.Jcond)
            return null;
        RegisterState constant = RegisterState.Constant((ulong)instruction.Immediate);
        ref RegisterState dst = ref state[instruction.Dst];
        ref RegisterState src = ref opcode.UsesRegister ? ref state[instruction.Src] : ref constant;
        if (opcode.UsesRegister && instruction.Dst == instruction.Src)
        {
            return opcode.JumpOp switch
            {
                JumpOp.Jeq or JumpOp.Jge or JumpOp.Jle or JumpOp.Jsge or JumpOp.Jsle => true,
                JumpOp.Jset => null,
                _ => false,
            };
        }
        return dst.Kind == RegisterKind.Scalar && src.Kind == RegisterKind.Scalar ? Comparison.Decide(dst, src, opcode.JumpOp, opcode.Is32) : null;
    }

    /// <summary>Lets a state learn from a jump that goes one way.</summary>
    /// <returns>False when no run goes this way.</returns>
    public bool Refine(FactState state, int slot, bool taken)
    {
        Instruction instruction = _code[slot];
        Opcode opcode = instruction.Opcode;
        JumpOp op = opcode.JumpOp;
        if (op == JumpOp.Jcond || (opcode.UsesRegister && instruction.Dst == instruction.Src))
            return true;
        RegisterState constant = RegisterState.Constant((ulong)instruction.Immediate);
        ref RegisterState dst = ref state[instruction.Dst];
        ref RegisterState src = ref opcode.UsesRegister ? ref state[instruction.Src] : ref constant;
        if (dst.Kind == RegisterKind.Scalar && src.Kind == RegisterKind.Scalar)
        {
            Comparison.Refine(ref dst, ref src, op, opcode.Is32, taken);
            if (IsEmpty(dst) || IsEmpty(src))
                return false;
            Share(state, dst);
            if (opcode.UsesRegister)
                Share(state, src);
            return true;
        }
        if (opcode.Is32)
            return true;
        if (src.IsConstant)
            RefineByConstant(state, ref dst, src, op, taken);
        else if (dst.IsConstant)
            RefineByConstant(state, ref src, dst, op, taken);
        else
            ProvePacket(state, dst, src, op, taken);
        return true;
    }

    // The other operand is a pointer or anything at all.
    private static void RefineByConstant(FactState state, ref RegisterState value, in RegisterState constant, JumpOp op, bool taken)
    {
        if (op is not (JumpOp.Jeq or JumpOp.Jne))
            return;
        bool isEqual = op == JumpOp.Jeq == taken;
        if (value.Kind == RegisterKind.NotInitialized)
        {
            if (isEqual)
                value = constant;
            return;
        }
        if (!value.MayBeNull || !constant.IsZero)
            return;
        int id = value.Id;
        if (isEqual)
            value = RegisterState.Constant(0);
        else
            value.Flags &= ~RegisterFlags.MayBeNull;
        if (id != 0)
            MarkNull(state, id, isEqual);
    }

    private static void MarkNull(FactState state, int id, bool isNull)
    {
        foreach (ref RegisterState register in state.Registers.AsSpan())
            MarkNull(ref register, id, isNull);
        foreach (ref StackCell cell in state.Cells)
            MarkNull(ref cell.Value, id, isNull);
    }

    private static void MarkNull(ref RegisterState value, int id, bool isNull)
    {
        if (value.Id != id || !value.MayBeNull)
            return;
        if (isNull)
            value = RegisterState.Constant(0);
        else
            value.Flags &= ~RegisterFlags.MayBeNull;
    }

    private static void ProvePacket(FactState state, in RegisterState dst, in RegisterState src, JumpOp op, bool taken)
    {
        if (op is not (JumpOp.Jgt or JumpOp.Jge or JumpOp.Jlt or JumpOp.Jle))
            return;
        bool pointerFirst = dst.Kind == RegisterKind.Packet && src.Kind == RegisterKind.PacketEnd;
        if (!pointerFirst && !(src.Kind == RegisterKind.Packet && dst.Kind == RegisterKind.PacketEnd))
            return;
        ref readonly RegisterState pointer = ref pointerFirst ? ref dst : ref src;
        // As a statement about the pointer: it is below the end, or at most at the end.
        bool isBelow = (op is JumpOp.Jlt or JumpOp.Jle) == pointerFirst;
        if (isBelow != taken)
            return;
        bool isStrict = op is JumpOp.Jlt or JumpOp.Jgt == taken;
        long bytes = pointer.SMin + (isStrict ? 1 : 0);
        if (pointer.SMin >= 0 && pointer.SMax <= MaxPacketBytes && bytes > state.PacketBytes)
            state.PacketBytes = (int)Math.Min(bytes, MaxPacketBytes);
    }

    private static bool IsEmpty(in RegisterState value) =>
        value.SMin > value.SMax || value.UMin > value.UMax || value.S32Min > value.S32Max || value.U32Min > value.U32Max;

    // Equal ids are equal values.
    private static void Share(FactState state, in RegisterState known)
    {
        if (known.Id == 0)
            return;
        RegisterState value = known;
        foreach (ref RegisterState register in state.Registers.AsSpan())
        {
            if (register.Id == value.Id && register.Kind == RegisterKind.Scalar)
                register = value;
        }
        foreach (ref StackCell cell in state.Cells)
        {
            if (cell.Value.Id == value.Id && cell.Value.Kind == RegisterKind.Scalar)
                cell.Value = value;
        }
    }
}
