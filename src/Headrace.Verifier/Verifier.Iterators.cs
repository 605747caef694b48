using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class Verifier
{
    // An iterator that gave NULL: it gives nothing else from then on. Kept where pointers have their type's id.
    private const int Drained = 1;

    /// <summary>Takes both ways on from a call of bpf_iter_num_next: a further round, and the end.</summary>
    /// <remarks>The state kept at this call is the round before; numbers that changed since and that nobody relied on become unknown.</remarks>
    public void GoOnWithIterator(int frame, int slot)
    {
        if (State.Frames[frame]!.Stack[slot].Spilled.Detail != Drained)
        {
            VerifierState? earlier = FindEarlier(Slot, State.Parent?.Parent);
            VerifierState round = PushPath(Slot + 1);
            round.Frames[frame]!.Stack[slot].Spilled.Range++;
            if (earlier is not null)
                Widen(earlier, round);
            BecomeNonNull(ref round.Current.Registers[0]);
        }
        State.Frames[frame]!.Stack[slot].Spilled.Detail = Drained;
        this[Register.R0].BecomeConstant(0);
    }

    private bool IsIteratorNext(int slot) => KfuncPrototypes.At(Program, slot) is { Action: KfuncAction.NextOfIterator };

    // What the call at the current instruction is given.
    private bool IsIteratorActive()
    {
        ref RegisterState pointer = ref this[Register.R1];
        (int index, _) = Locate(pointer.Offset + (int)(long)pointer.Var.Value);
        return State.Frames[pointer.FrameNumber]!.Stack[index].Spilled.Detail != Drained;
    }

    // Rounds of a loop differ in how often their iterators went on, whatever else is the same.
    private static bool IteratorsWentOn(VerifierState old, VerifierState current)
    {
        for (int f = 0; f <= old.CurrentFrame; f++)
        {
            FunctionState a = old.Frames[f]!, b = current.Frames[f]!;
            for (int i = 0; i < Math.Min(a.StackSlots, b.StackSlots); i++)
            {
                if (a.Stack[i][0] == SlotKind.Iterator && a.Stack[i].Spilled.Detail != Drained && a.Stack[i].Spilled.Range != b.Stack[i].Spilled.Range)
                    return true;
            }
        }
        return false;
    }
}
