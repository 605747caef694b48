using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class Verifier
{
    // dst OP src, where one points into the packet and the other to its end (or into the metadata and to the packet's start).
    private void MatchPacketPointers(Instruction instruction, VerifierState taken)
    {
        ref RegisterState dst = ref this[instruction.Dst];
        ref RegisterState src = ref this[instruction.Src];
        JumpOp op = instruction.Opcode.JumpOp;
        if (op is not (JumpOp.Jgt or JumpOp.Jge or JumpOp.Jlt or JumpOp.Jle))
            return;
        Register pointer;
        bool pointerFirst;
        if (IsPointerAndLimit(dst, src))
            (pointer, pointerFirst) = (instruction.Dst, true);
        else if (IsPointerAndLimit(src, dst))
            (pointer, pointerFirst) = (instruction.Src, false);
        else
            return;
        if (!pointerFirst)
            op = Flip(op);
        // Now: pointer OP limit. The state where the pointer is at most the limit learns that its bytes are there.
        bool insideIsTaken = op is JumpOp.Jlt or JumpOp.Jle;
        VerifierState inside = insideIsTaken ? taken : State;
        VerifierState outside = insideIsTaken ? State : taken;
        bool openInside = op is JumpOp.Jlt or JumpOp.Jge;
        RegisterState proved = this[pointer];
        ProvePacket(inside, proved, openInside);
        MarkPacketEnd(outside, pointer, !openInside);
    }

    private static bool IsPointerAndLimit(in RegisterState pointer, in RegisterState limit) =>
        (pointer.Kind == RegisterKind.Packet && limit.Kind == RegisterKind.PacketEnd)
        || (pointer.Kind == RegisterKind.PacketMeta && limit is { Kind: RegisterKind.Packet, Offset: 0 } && limit.Var == Tnum.Const(0) && limit.Id == 0);

    // open: the pointer is below the limit, so that one more byte is there.
    private void ProvePacket(VerifierState state, RegisterState proved, bool open)
    {
        if (proved.Offset < 0 || (proved.Offset == 0 && open))
            return;
        if (proved.UMax > MaxPacketOffset || proved.UMax + (ulong)proved.Offset > MaxPacketOffset)
            return;
        int range = proved.Offset + (open ? 1 : 0);
        ForEach(state, (ref RegisterState candidate) =>
        {
            if (candidate.Kind == proved.Kind && candidate.Id == proved.Id && candidate.Kind != RegisterKind.NotInitialized)
                candidate.Range = Math.Max(candidate.Range, range);
        });
    }

    private static void MarkPacketEnd(VerifierState state, Register pointer, bool open)
    {
        ref RegisterState register = ref state.Current[pointer];
        if (register.Kind == RegisterKind.Packet)
            register.Range = open ? BeyondEnd : AtEnd;
    }

    private delegate void RegisterAction(ref RegisterState register);

    /// <summary>Visits every register and every spilled register of every frame.</summary>
    private static void ForEach(VerifierState state, RegisterAction action)
    {
        for (int i = 0; i <= state.CurrentFrame; i++)
        {
            FunctionState frame = state.Frames[i]!;
            foreach (ref RegisterState register in frame.Registers.AsSpan())
                action(ref register);
            foreach (ref StackSlot slot in frame.Stack.AsSpan(0, frame.StackSlots))
            {
                if (slot[0] == SlotKind.Spill)
                    action(ref slot.Spilled);
            }
        }
    }
}
