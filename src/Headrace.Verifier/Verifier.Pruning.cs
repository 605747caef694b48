namespace Headrace.Verifier;

internal sealed partial class Verifier
{
    private readonly List<KeptState>?[] _explored;
    private StateComparison _comparison = null!;
    private int _totalStates, _keptStates, _droppedStates, _peakStates, _maxStatesPerInstruction;

    // What a verification may take; the programs of a million instructions that compilers make stay far below.
    private const long MaxKeptBytes = 1L << 30;
    private const long StackSlotSize = 136, FrameSize = 11 * 128 + 128, StepSize = 24;
    private long _keptBytes;

    // Beyond it a state is kept, so that histories stay short.
    private const int MaxHistoryWeight = 40;

    private enum Coverage
    {
        None,
        Whole,
        // By a state of a loop that is not finished.
        InLoop,
    }

    // True when an earlier walk from here covers this one. Otherwise it may keep the state for later ones.
    private bool IsVisited()
    {
        bool forced = _flow.IsForcedPoint[Slot] || State.HistoryWeight > MaxHistoryWeight || (Program.Flags & Bytecode.ProgramFlags.TestStateFrequency) != 0;
        bool add = forced || (_jumps - _previousJumps >= 2 && Processed - _previousProcessed >= 8);
        List<KeptState> kept = _explored[Slot] ??= [];
        CleanKept(kept);
        int states = 0;
        for (int i = kept.Count - 1; i >= 0; i--)
        {
            KeptState candidate = kept[i];
            states++;
            Coverage coverage = candidate.State.Branches > 0 ? CoverageByOpen(candidate.State) : CoverageByFinished(candidate.State);
            if (coverage != Coverage.None)
            {
                candidate.Hits++;
                PropagatePrecision(candidate.State, State);
                if (coverage == Coverage.InLoop && VisitOf(candidate.State, make: false) is { } visit)
                {
                    // Nobody goes on from the current state: it can be kept as it is.
                    State.KeptAt = Slot;
                    visit.Backedges.Add((State, candidate.State));
                    _openBackedges++;
                    NotePeak();
                }
                return true;
            }
            // Rounds of a loop differ: their states are not worth keeping close to each other.
            if (candidate.State.Branches > 0 && !forced && _jumps - _previousJumps < 20 && Processed - _previousProcessed < 100)
                add = false;
            if (add)
                candidate.Misses++;
            int patience = _flow.IsForcedPoint[Slot] && candidate.State.Branches > 0 ? 64 : 3;
            if (candidate.Misses > candidate.Hits * patience + patience)
            {
                kept.RemoveAt(i);
                _keptStates--;
                if (candidate.State.Branches > 0)
                {
                    candidate.State.IsDropped = true;
                    _droppedStates++;
                }
                else
                {
                    _keptBytes -= candidate.State.KeptBytes;
                }
            }
        }
        _maxStatesPerInstruction = Math.Max(_maxStatesPerInstruction, states);
        if (add)
            Keep(kept);
        return false;
    }

    // A state whose paths are still being walked: the current one is a further round of a loop.
    private Coverage CoverageByOpen(VerifierState old)
    {
        if (old.Current.InAsyncCallback && old.Current.CallbackEntry != State.Current.CallbackEntry)
            return Coverage.None;
        if (IsIteratorNext(Slot))
        {
            return _comparison.IsCovered(old, State, Slot, Exactness.RangeWithin, _lastId) && IsIteratorActive() ? Coverage.InLoop : Coverage.None;
        }
        if (_flow.CallsBack[Slot])
            return _comparison.IsCovered(old, State, Slot, Exactness.RangeWithin, _lastId) ? Coverage.InLoop : Coverage.None;
        bool isMayGoto = Code[Slot].Opcode is { IsJump: true, JumpOp: Bytecode.JumpOp.Jcond };
        if (isMayGoto && old.MayGotoDepth != State.MayGotoDepth && _comparison.IsCovered(old, State, Slot, Exactness.RangeWithin, _lastId))
            return Coverage.InLoop;
        if (old.MayGotoDepth == State.MayGotoDepth && old.CallbackUnrollDepth == State.CallbackUnrollDepth
            && StateComparison.HasSameRegisters(old, State) && !IteratorsWentOn(old, State) && _comparison.IsCovered(old, State, Slot, Exactness.Exact, _lastId))
        {
            throw Reject($"infinite loop detected at insn {Slot}\ncur state:{StateText.Of(State, State.CurrentFrame)}\nold state:"
                + StateText.Of(old, State.CurrentFrame));
        }
        return Coverage.None;
    }

    private Coverage CoverageByFinished(VerifierState old)
    {
        bool isOpen = HasOpenBackedges(old);
        if (!_comparison.IsCovered(old, State, Slot, isOpen ? Exactness.RangeWithin : Exactness.Sufficient, _lastId))
            return Coverage.None;
        return isOpen ? Coverage.InLoop : Coverage.Whole;
    }

    private void NotePeak() => _peakStates = Math.Max(_peakStates, _keptStates + _droppedStates + _openBackedges);

    private void Keep(List<KeptState> kept)
    {
        _totalStates++;
        _keptStates++;
        NotePeak();
        _previousJumps = _jumps;
        _previousProcessed = Processed;
        ForEach(State, (ref RegisterState register) => register.Precise = false);
        var state = new VerifierState();
        state.CopyFrom(State);
        state.History = State.History;
        state.Branches = 1;
        state.KeptAt = Slot;
        state.KeptBytes = Size(state);
        _keptBytes += state.KeptBytes;
        if (_keptBytes > MaxKeptBytes)
            throw Reject($"BPF program is too large. Its states take more than {MaxKeptBytes >> 20} MiB", VerifierErrno.NoMemory);
        kept.Add(new KeptState(state));
        EnterLoop(state);
        State.Parent = state;
        State.FirstSlot = Slot;
        State.History = [];
        State.HistoryWeight = 0;
    }

    // What a state takes, about: its registers and stacks above all.
    private static long Size(VerifierState state)
    {
        long size = StepSize * state.History.Capacity;
        for (int i = 0; i <= state.CurrentFrame; i++)
            size += FrameSize + state.Frames[i]!.Stack.Length * StackSlotSize;
        return size;
    }

    private static bool SameCallSites(VerifierState a, VerifierState b)
    {
        if (a.CurrentFrame != b.CurrentFrame)
            return false;
        for (int i = 0; i <= a.CurrentFrame; i++)
        {
            if (a.Frames[i]!.CallSite != b.Frames[i]!.CallSite)
                return false;
        }
        return true;
    }

    /// <summary>The latest state kept at a slot on this path, from a kept state upwards.</summary>
    private VerifierState? FindEarlier(int slot, VerifierState? from)
    {
        for (VerifierState? state = from; state is not null; state = state.Parent)
        {
            if (state.KeptAt == slot && SameCallSites(state, State))
                return state;
        }
        return null;
    }

    // Numbers that changed from one round to the next and that nobody relied on become unknown, so that rounds come to an end.
    private static void Widen(VerifierState earlier, VerifierState current)
    {
        for (int i = 0; i <= Math.Min(earlier.CurrentFrame, current.CurrentFrame); i++)
        {
            FunctionState a = earlier.Frames[i]!, b = current.Frames[i]!;
            for (int r = 0; r < 10; r++)
                Widen(a.Registers[r], ref b.Registers[r]);
            for (int s = 0; s < Math.Min(a.StackSlots, b.StackSlots); s++)
            {
                if (a.Stack[s][0] == SlotKind.Spill && b.Stack[s][0] == SlotKind.Spill)
                    Widen(a.Stack[s].Spilled, ref b.Stack[s].Spilled);
            }
        }
    }

    private static void Widen(in RegisterState earlier, ref RegisterState current)
    {
        if (earlier.Kind != RegisterKind.Scalar || current.Kind != RegisterKind.Scalar || earlier.Precise || current.Precise)
            return;
        if (earlier.Var == current.Var && earlier.SMin == current.SMin && earlier.SMax == current.SMax && earlier.UMin == current.UMin
            && earlier.UMax == current.UMax && earlier.U32Min == current.U32Min && earlier.U32Max == current.U32Max)
        {
            return;
        }
        current.BecomeUnknown();
    }
}
