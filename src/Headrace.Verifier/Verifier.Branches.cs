using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class Verifier
{
    private const int MaxPacketOffset = 0xffff;
    private const int BeyondEnd = -2;
    private const int AtEnd = -1;

    private void CheckBranch(Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        if (opcode.JumpOp == JumpOp.Jcond)
        {
            CheckMayGoto(instruction);
            return;
        }
        bool usesRegister = opcode.UsesRegister, is32 = opcode.Is32;
        if (usesRegister)
            CheckRead(instruction.Src);
        CheckRead(instruction.Dst);
        RegisterState constant = RegisterState.Constant((ulong)instruction.Immediate);
        ref RegisterState dst = ref this[instruction.Dst];
        ref RegisterState src = ref usesRegister ? ref this[instruction.Src] : ref constant;
        if (DecideBranch(dst, src, opcode.JumpOp, is32) is { } taken)
        {
            // Packet and NULL comparisons are decided by what the pointers are, which is always compared.
            if (dst.Kind == RegisterKind.Scalar)
                MarkPrecise(instruction.Dst);
            if (usesRegister && this[instruction.Src].Kind == RegisterKind.Scalar)
                MarkPrecise(instruction.Src);
            _facts.Branch(Slot, taken);
            if (taken)
                _next = Slot + 1 + instruction.Offset;
            return;
        }
        _facts.Branch(Slot, null);
        LinkedPlace[]? linked = CollectLinked(instruction, dst, src, usesRegister);
        if (linked is not null)
        {
            State.History[^1] = State.History[^1] with { Linked = linked };
            if (!_flow.IsJumpPoint[Slot])
                State.HistoryWeight++;
        }

        VerifierState other = PushPath(Slot + 1 + instruction.Offset);
        ref RegisterState otherDst = ref other.Current[instruction.Dst];
        RegisterState otherConstant = constant;
        ref RegisterState otherSrc = ref usesRegister ? ref other.Current[instruction.Src] : ref otherConstant;
        if (dst.Kind == RegisterKind.Scalar && src.Kind == RegisterKind.Scalar)
        {
            // Both may be one register: then each side narrows it.
            Comparison.Refine(ref otherDst, ref otherSrc, opcode.JumpOp, is32, true);
            Comparison.Refine(ref dst, ref src, opcode.JumpOp, is32, false);
            if (is32 && opcode.JumpOp is (JumpOp.Jgt or JumpOp.Jge or JumpOp.Jlt or JumpOp.Jle))
            {
                otherDst.ForgetContradiction();
                dst.ForgetContradiction();
            }
        }
        if (usesRegister)
            SynchronizeLinked(other, State, instruction.Src, linked);
        SynchronizeLinked(other, State, instruction.Dst, linked);
        MarkNonNullByComparison(other, instruction, is32);
        if (!is32 && !usesRegister && instruction.Imm32 == 0 && (opcode.JumpOp is JumpOp.Jeq or JumpOp.Jne) && dst.MayBeNull)
        {
            MarkNull(State, instruction.Dst, opcode.JumpOp == JumpOp.Jne);
            MarkNull(other, instruction.Dst, opcode.JumpOp == JumpOp.Jeq);
            return;
        }
        if (usesRegister && !is32)
            MatchPacketPointers(instruction, other);
    }

    private static bool? DecideBranch(in RegisterState dst, in RegisterState src, JumpOp op, bool is32)
    {
        if (dst.Kind == RegisterKind.Packet && src.Kind == RegisterKind.PacketEnd && !is32)
            return DecidePacket(dst.Range, op);
        if (src.Kind == RegisterKind.Packet && dst.Kind == RegisterKind.PacketEnd && !is32)
            return DecidePacket(src.Range, Flip(op));
        if (dst.Kind == RegisterKind.Scalar && src.Kind == RegisterKind.Scalar)
            return Comparison.Decide(dst, src, op, is32);
        return src.IsKnown(is32) ? DecideNull(dst, src, op, is32) : dst.IsKnown(is32) ? DecideNull(src, dst, op, is32) : null;
    }

    private static bool? DecideNull(in RegisterState pointer, in RegisterState number, JumpOp op, bool is32)
    {
        if (pointer.MayBeNull || number.KnownValue(is32) != 0 || !IsNeverNull(pointer))
            return null;
        return op switch
        {
            JumpOp.Jeq => false,
            JumpOp.Jne => true,
            _ => null,
        };
    }

    private static bool IsNeverNull(in RegisterState pointer) => pointer.Kind is RegisterKind.Socket or RegisterKind.TcpSocket or RegisterKind.MapValue
        or RegisterKind.MapKey or RegisterKind.SocketCommon or RegisterKind.Memory or RegisterKind.Map
        || (pointer.Kind == RegisterKind.BtfObject && (pointer.Flags & (RegisterFlags.Trusted | RegisterFlags.Allocated)) != 0);

    private static bool? DecidePacket(int range, JumpOp op)
    {
        if (range >= 0)
            return null;
        return op switch
        {
            JumpOp.Jgt or JumpOp.Jle when range == BeyondEnd => op == JumpOp.Jgt,
            JumpOp.Jge or JumpOp.Jlt => op == JumpOp.Jge,
            _ => null,
        };
    }

    private static JumpOp Flip(JumpOp op) => op switch
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

    private void CheckMayGoto(Instruction instruction)
    {
        // The state kept at this visit is no earlier one.
        VerifierState? earlier = FindEarlier(Slot, State.Parent?.Parent);
        VerifierState queued = PushPath(Slot + 1);
        queued.MayGotoDepth++;
        if (earlier is not null)
            Widen(earlier, queued);
        _next = Slot + 1 + instruction.Offset;
    }

    // Two pointers are equal and one is not NULL: neither is.
    private void MarkNonNullByComparison(VerifierState other, Instruction instruction, bool is32)
    {
        JumpOp op = instruction.Opcode.JumpOp;
        if (is32 || !instruction.Opcode.UsesRegister || op is not (JumpOp.Jeq or JumpOp.Jne))
            return;
        ref RegisterState dst = ref this[instruction.Dst];
        ref RegisterState src = ref this[instruction.Src];
        if (dst.Kind == RegisterKind.Scalar || src.Kind == RegisterKind.Scalar || dst.MayBeNull == src.MayBeNull
            || dst.Kind == RegisterKind.BtfObject || src.Kind == RegisterKind.BtfObject)
        {
            return;
        }
        VerifierState equal = op == JumpOp.Jeq ? other : State;
        MarkNull(equal, dst.MayBeNull ? instruction.Dst : instruction.Src, isNull: false);
    }

    /// <summary>Makes every pointer with the id of a register's either NULL or a pointer that is not.</summary>
    private void MarkNull(VerifierState state, Register register, bool isNull)
    {
        int id = state.Current[register].Id;
        int reference = state.Current[register].ReferenceId;
        if (reference != 0 && reference == id && isNull)
            state.References.RemoveAll(held => held.Id == id && held.Kind == ReferenceKind.Pointer);
        ForEach(state, (ref RegisterState candidate) =>
        {
            if (!candidate.MayBeNull || candidate.Id != id)
                return;
            // Offsets on a pointer that may be NULL do not exist; where one does, nothing is learnt.
            if (candidate.Offset != 0 || candidate.Var != Tnum.Const(0))
            {
                if (!(candidate.Kind is RegisterKind.BtfObject or RegisterKind.Memory && candidate.Var == Tnum.Const(0)))
                    return;
            }
            if (isNull)
            {
                candidate.BecomeConstant(0);
                return;
            }
            BecomeNonNull(ref candidate);
        });
    }

    private static void BecomeNonNull(ref RegisterState register)
    {
        register.Flags &= ~RegisterFlags.MayBeNull;
        if (register.Kind == RegisterKind.MapValue)
        {
            Objects.MapSpec map = register.Map!;
            if (map.InnerMap is { } inner)
            {
                register.Kind = RegisterKind.Map;
                register.Map = inner;
                register.MapUid = inner.SpecialFields.Any(field => field.Kind is Objects.MapFieldKind.Timer or Objects.MapFieldKind.WorkQueue) ? register.Id : 0;
            }
            else if (map.Type == MapType.XskMap)
            {
                register.Kind = RegisterKind.XdpSocket;
                register.Map = null;
            }
            else if (map.Type is MapType.SockMap or MapType.SockHash)
            {
                register.Kind = RegisterKind.Socket;
                register.Map = null;
            }
            if (register.Kind == RegisterKind.MapValue && map.SpecialFields.Any(field => field.Kind == Objects.MapFieldKind.SpinLock))
                return;
        }
        register.Id = 0;
    }
}
