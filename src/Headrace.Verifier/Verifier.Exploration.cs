using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class Verifier
{
    private const int MaxPendingStates = 8192;

    private readonly Stack<PendingPath> _pending = new();
    private ControlFlow _flow = null!;
    private readonly bool[] _isWellFormed;
    private ushort[] _live = [];
    private int _next, _from;
    private int _jumps, _previousJumps, _previousProcessed;

    /// <summary>Instructions looked at.</summary>
    public int Processed { get; private set; }

    /// <summary>Walks every path from a state.</summary>
    private void Explore(VerifierState start)
    {
        State = start;
        start.Branches = 1;
        _next = start.FirstSlot;
        Array.Clear(_explored);
        _pending.Clear();
        while (true)
        {
            bool goesOn = Step();
            if (goesOn)
                continue;
            FinishPath();
            if (_pending.Count == 0)
                return;
            PendingPath path = _pending.Pop();
            if (Log.Level == 1)
                Log.Truncate(path.LogLength);
            (_changedRegisters, _changedSlots) = (AllRegisters, ulong.MaxValue);
            (State, _next, _from, _isResumed) = (path.State, path.Slot, path.From, true);
        }
    }

    /// <summary>Keeps a copy of the current state to be walked later from a slot.</summary>
    private VerifierState PushPath(int slot)
    {
        VerifierState fork = State.Fork();
        _pending.Push(new PendingPath(fork, slot, Slot, Log.Length));
        if (fork.Parent is { } parent)
            parent.Branches++;
        fork.Branches = 1;
        if (_pending.Count > MaxPendingStates)
            throw Reject($"The sequence of {_pending.Count} jumps is too complex.", VerifierErrno.TooBig);
        return fork;
    }

    private void FinishPath()
    {
        UpdateLiveStack();
        State.Branches--;
        for (VerifierState? state = State.Parent; state is not null; state = state.Parent)
        {
            if (--state.Branches > 0)
                break;
            if (state.IsDropped)
            {
                _droppedStates--;
                _keptBytes -= state.KeptBytes;
            }
            LeaveLoop(state);
        }
    }

    // Returns false at the end of the path.
    private bool Step()
    {
        Slot = _next;
        Instruction instruction = Code[Slot];
        if (++Processed > Options.InstructionLimit)
        {
            throw Reject($"BPF program is too large. Processed {Processed} insn", VerifierErrno.TooBig);
        }
        if (_flow.IsPrunePoint[Slot] && IsVisited())
        {
            if (Log.IsVerbose)
                LogSafe(_from);
            return false;
        }
        if (Log.IsVerbose)
        {
            if (_isResumed)
                LogResumed(_from);
            LogInstruction(instruction);
        }
        _isResumed = false;
        // The step stands in the path before it is checked, so that paths that fork from it have it behind them.
        State.History.Add(new HistoryStep(Slot, (byte)State.CurrentFrame, -1, 0, null));
        if (_flow.IsJumpPoint[Slot])
            State.HistoryWeight++;
        int slot = Slot;
        _facts.Reach(slot);
        CallChain? writes = MayWriteStack(instruction) ? Frame.Chain : null;
        if (writes is not null)
            Array.Clear(_written);
        _target?.CheckInstruction(instruction);
        bool alive = Execute(instruction, slot);
        writes?.Commit(slot, _written);
        return alive;
    }

    // The kernel looks at fields only where a path comes by.
    private void CheckForm(Instruction instruction, int slot)
    {
        if (OpcodeCheck.Reserved(instruction) is { } message)
            throw Reject(message);
        Opcode opcode = instruction.Opcode;
        bool usesSource = !opcode.IsWideLoad && !instruction.IsCall && (!(opcode.IsAlu || opcode.IsJump) || opcode.UsesRegister);
        if (usesSource && (int)instruction.Src > 10)
            throw Reject($"R{(int)instruction.Src} is invalid");
        if ((int)instruction.Dst > 10)
            throw Reject($"R{(int)instruction.Dst} is invalid");
        _isWellFormed[slot] = true;
    }

    private bool Execute(Instruction instruction, int slot)
    {
        Opcode opcode = instruction.Opcode;
        if (!_isWellFormed[slot])
            CheckForm(instruction, slot);
        _next = slot + instruction.Slots;
        switch (opcode.Class)
        {
            case OpcodeClass.Alu or OpcodeClass.Alu64:
                CheckArithmetic(instruction);
                return true;
            case OpcodeClass.Ldx:
                CheckLoad(instruction);
                return true;
            case OpcodeClass.Stx:
                if (opcode.Mode == AccessMode.Atomic)
                    CheckAtomic(instruction);
                else
                    CheckStore(instruction);
                return true;
            case OpcodeClass.St:
                CheckStoreImmediate(instruction);
                return true;
            case OpcodeClass.Ld:
                if (opcode.IsWideLoad)
                    CheckWideLoad(instruction);
                else
                    CheckLegacyLoad(instruction);
                return true;
            default:
                return CheckJump(instruction);
        }
    }
}
