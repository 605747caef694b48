using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class Verifier
{
    private const int MaxLinked = 6;

    // Which places hold numbers linked to the operands of a jump: they learn what the operands do.
    private LinkedPlace[]? CollectLinked(Instruction instruction, in RegisterState dst, in RegisterState src, bool usesRegister)
    {
        List<LinkedPlace>? places = null;
        if (usesRegister && src.Kind == RegisterKind.Scalar && src.Id != 0)
            Collect(src.Id, ref places);
        if (dst.Kind == RegisterKind.Scalar && dst.Id != 0)
            Collect(dst.Id, ref places);
        // A place that is linked to nothing else needs no following.
        return places is null || places.Count < 2 ? null : [.. places];
    }

    private void Collect(int id, ref List<LinkedPlace>? places)
    {
        for (int f = State.CurrentFrame; f >= 0; f--)
        {
            FunctionState frame = State.Frames[f]!;
            ushort live = _live[f == State.CurrentFrame ? Slot : State.Frames[f + 1]!.CallSite];
            for (int i = 0; i < 10; i++)
            {
                // What nobody reads any more need not learn, and takes no place.
                if ((live & (1 << i)) == 0)
                    continue;
                if (frame.Registers[i].Kind == RegisterKind.Scalar && frame.Registers[i].Id == id)
                    Keep(frame, ref frame.Registers[i], new LinkedPlace((byte)f, (byte)i, false), ref places);
            }
            for (int i = 0; i < frame.StackSlots; i++)
            {
                ref StackSlot slot = ref frame.Stack[i];
                if (slot[0] == SlotKind.Spill && slot.Spilled.Kind == RegisterKind.Scalar && slot.Spilled.Id == id)
                    Keep(frame, ref slot.Spilled, new LinkedPlace((byte)f, (byte)i, true), ref places);
            }
        }
    }

    private static void Keep(FunctionState frame, ref RegisterState register, LinkedPlace place, ref List<LinkedPlace>? places)
    {
        // Both operands of one id fill the list twice as fast: the kernel counts so.
        places ??= [];
        if (places.Count < MaxLinked)
            places.Add(place);
        else
            Unlink(ref register);
    }

    private static void SynchronizeLinked(VerifierState taken, VerifierState fallthrough, Register known, LinkedPlace[]? linked)
    {
        if (linked is null)
            return;
        Synchronize(taken, known, linked);
        Synchronize(fallthrough, known, linked);
    }

    private static void Synchronize(VerifierState state, Register name, LinkedPlace[] linked)
    {
        RegisterState known = state.Current[name];
        if (known.Kind != RegisterKind.Scalar || known.Id == 0)
            return;
        foreach (LinkedPlace place in linked)
        {
            FunctionState frame = state.Frames[place.Frame]!;
            ref RegisterState register = ref place.IsStack ? ref frame.Stack[place.Index].Spilled : ref frame.Registers[place.Index];
            if (register.Kind != RegisterKind.Scalar || register.Id != known.Id)
                continue;
            // A sum in 32 bits and one in 64 differ by more than a constant.
            if (register.Link != known.Link && register.Link != LinkKind.Equal && known.Link != LinkKind.Equal)
                continue;
            int own = register.Link != LinkKind.Equal ? register.Offset : 0;
            int other = known.Link != LinkKind.Equal ? known.Offset : 0;
            if ((register.Link == LinkKind.Equal && known.Link == LinkKind.Equal) || (register.Offset == known.Offset))
            {
                register = known;
                continue;
            }
            RegisterState sum = known;
            ScalarArithmetic.Apply(ref sum, RegisterState.Constant((ulong)((long)own - other)), AluOp.Add, false);
            if (register.Link == LinkKind.Offset32 || known.Link == LinkKind.Offset32)
                sum.ZeroExtend32();
            (sum.Id, sum.Link, sum.Offset) = (register.Id, register.Link, register.Offset);
            register = sum;
        }
    }
}
