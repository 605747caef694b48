using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class Verifier
{
    public partial void InvalidatePacketPointers() => ForEach(State, (ref RegisterState register) =>
    {
        if (register.Kind is RegisterKind.Packet or RegisterKind.PacketMeta or RegisterKind.PacketEnd
            || (register.Kind == RegisterKind.Memory && register.SliceOf != 0 && register.DynptrKind is DynptrKind.Skb or DynptrKind.Xdp))
        {
            register.BecomeUnknown();
        }
    });

    public partial void ForgetCallerSaved() => ForgetCallerSaved(Frame);

    private static void ForgetCallerSaved(FunctionState frame) => Array.Clear(frame.Registers, 0, 6);

    public partial void CheckHelperMemory(Register register, int size, MemoryAccess access, bool zeroAllowed, bool mayBeUninitialized)
    {
        ref RegisterState pointer = ref this[register];
        int offset = pointer.Offset;
        bool writes = (access & MemoryAccess.Write) != 0;
        switch (pointer.Kind)
        {
            case RegisterKind.Packet or RegisterKind.PacketMeta:
                if (writes && !MayWritePacket)
                    throw Reject("cannot write into packet", VerifierErrno.Access);
                CheckPacket(register, offset, size, zeroAllowed);
                return;
            case RegisterKind.MapKey:
                if (writes)
                    throw Reject($"R{(int)register} cannot write into {pointer.KindName}", VerifierErrno.Access);
                CheckRegion(register, offset, size, (int)pointer.Map!.KeySize, zeroAllowed);
                return;
            case RegisterKind.MapValue:
                CheckMapCapability(pointer, offset, size, access);
                CheckMapRegion(register, offset, size, zeroAllowed, access);
                return;
            case RegisterKind.Memory or RegisterKind.Buffer:
                if (writes && (pointer.Flags & RegisterFlags.ReadOnly) != 0)
                    throw Reject($"R{(int)register} cannot write into {pointer.KindName}", VerifierErrno.Access);
                CheckRegion(register, offset, size, (uint)pointer.Detail, zeroAllowed);
                return;
            case RegisterKind.Stack:
                CheckStackRange(register, offset, size, zeroAllowed, access, mayBeUninitialized);
                return;
            default:
                // NULL with size 0 is taken where a helper says so.
                if (zeroAllowed && size == 0 && pointer.IsZero)
                    return;
                throw Reject($"R{(int)register} type={pointer.KindName} expected=fp", VerifierErrno.Access);
        }
    }

    public partial void CheckHelperMemorySize(Register memory, Register size, MemoryAccess access, bool zeroAllowed, bool mayBeUninitialized)
    {
        ref RegisterState length = ref this[size];
        // Only a constant size says how much is written.
        bool raw = mayBeUninitialized && length.Var.IsConst;
        if (length.SMin < 0)
            throw Reject($"R{(int)size} min value is negative, either use unsigned or 'var &= const'", VerifierErrno.Access);
        if (length.UMin == 0 && !zeroAllowed)
            throw Reject($"R{(int)size} invalid zero-sized read: u64=[{length.UMin},{length.UMax}]", VerifierErrno.Access);
        if (length.UMax >= MaxVariableOffset)
            throw Reject($"R{(int)size} unbounded memory access, use 'var &= const' or 'if (var < const)'", VerifierErrno.Access);
        CheckHelperMemory(memory, (int)length.UMax, access, zeroAllowed, raw);
        MarkPrecise(size);
    }

    /// <summary>Takes both ways on from a tail call: it fails and the program goes on, or its subprogram ends with any result.</summary>
    /// <remarks>In the first frame the other program is the end. The packet may have moved only where it ran.</remarks>
    public void LeaveByTailCall()
    {
        if (State.CurrentFrame == 0)
            return;
        PushPath(Slot + 1);
        InvalidatePacketPointers();
        this[Register.R0].BecomeUnknown();
        Return();
    }

    /// <summary>Checks memory that is passed to a function which may read and write it; NULL is for the function to look at.</summary>
    public void CheckPassedMemory(Register register, int size)
    {
        if (this[register].IsZero)
            return;
        WithoutNull(register, () =>
        {
            CheckHelperMemory(register, size, MemoryAccess.Read, zeroAllowed: true, mayBeUninitialized: false);
            CheckHelperMemory(register, size, MemoryAccess.Write, zeroAllowed: true, mayBeUninitialized: false);
        });
    }

    /// <summary>The same for memory whose size is in a register.</summary>
    public void CheckPassedMemory(Register register, Register size) => WithoutNull(register, () =>
    {
        CheckHelperMemorySize(register, size, MemoryAccess.Read, zeroAllowed: true, mayBeUninitialized: false);
        CheckHelperMemorySize(register, size, MemoryAccess.Write, zeroAllowed: true, mayBeUninitialized: false);
    });

    private void WithoutNull(Register register, Action check)
    {
        RegisterState saved = this[register];
        this[register].Flags &= ~RegisterFlags.MayBeNull;
        try
        {
            check();
        }
        finally
        {
            this[register] = saved;
        }
    }

    // All registers and stack slots of all frames together hold fewer: a path with more cannot end. The kernel goes on until its memory is
    // used up or its count of instructions.
    private const int MaxReferences = 1024;

    public partial int AcquireReference(int slot)
    {
        if (State.References.Count == MaxReferences)
            throw Reject($"more than {MaxReferences} references are held at once: they cannot all be given back", VerifierErrno.NoMemory);
        int id = NewId();
        State.References.Add(new Reference(ReferenceKind.Pointer, id, slot));
        return id;
    }

    public partial bool ReleaseReference(int id)
    {
        int index = State.References.FindIndex(reference => reference.Kind == ReferenceKind.Pointer && reference.Id == id);
        if (index < 0)
            return false;
        State.References.RemoveAt(index);
        ForEach(State, (ref RegisterState register) =>
        {
            if (register.ReferenceId == id)
                register.BecomeUnknown();
        });
        return true;
    }

    public partial void PushCallback(int subprogram, bool isAsync, ReturnRange returns, Action<FunctionState, FunctionState> prepare)
    {
        FunctionState caller = Frame;
        if (isAsync)
        {
            PushAsync(subprogram, caller, prepare);
            return;
        }
        VerifierState path = PushPath(_flow.Starts[subprogram]);
        if (path.CurrentFrame + 1 >= VerifierState.MaxFrames)
            throw Reject($"the call stack of {path.CurrentFrame + 2} frames is too deep", VerifierErrno.TooBig);
        FunctionState calling = path.Current;
        FunctionState callee = EnterFrame(path, subprogram, Slot);
        callee.InCallback = true;
        callee.CallbackReturn = returns;
        prepare(calling, callee);
        path.CallbackUnrollDepth++;
        calling.CallbackDepth++;
        caller.CallbackDepth = 0;
    }

    // Runs later, on a stack of its own: nothing is known but its arguments.
    private void PushAsync(int subprogram, FunctionState caller, Action<FunctionState, FunctionState> prepare)
    {
        _flow.RunsLater[subprogram] = true;
        var state = new VerifierState { FirstSlot = _flow.Starts[subprogram], Branches = 1 };
        FunctionState frame = NewFrame(subprogram);
        frame.InAsyncCallback = true;
        frame.CallbackEntry = caller.CallbackEntry + 1;
        prepare(caller, frame);
        state.Frames[0] = frame;
        _pending.Push(new PendingPath(state, _flow.Starts[subprogram], Slot, Log.Length));
    }

    private void CheckGlobalCall(SubprogramPrototype function, int subprogram, string? wrong)
    {
        if (wrong is not null)
            throw Reject($"{wrong}Caller passes invalid args into func#{subprogram} ('{function.Name}')");
        if (Log.IsVerbose)
            Log.WriteLine($"Func#{subprogram} ('{function.Name}') is global and assumed valid.");
        function.IsCalled = true;
        if (function.ChangesPacket)
            InvalidatePacketPointers();
        ForgetCallerSaved();
        this[Register.R0].BecomeUnknown();
        _next = Slot + 1;
    }
}
