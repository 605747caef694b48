using System.Runtime.InteropServices;

namespace Headrace.Engine;

/// <summary>What a running program stands on: stack, packet, clock, random numbers, the memory it may touch. One a worker; not shared between threads.</summary>
public sealed unsafe partial class Machine : IDisposable
{
    /// <summary>Frames of local calls, the program's own included (<c>MAX_CALL_FRAMES</c>, include/linux/bpf_verifier.h).</summary>
    internal const int MaxCallDepth = 8;

    /// <summary>Tail calls in a row (<c>MAX_TAIL_CALL_CNT</c>, include/linux/bpf.h).</summary>
    internal const int MaxTailCalls = 33;

    /// <summary>Stack a program may use over all open frames, in bytes (<c>MAX_BPF_STACK</c>, include/linux/filter.h).</summary>
    internal const int MaxStack = 512;

    /// <summary>Iterations of may_goto loops in one call of a function (<c>BPF_MAX_LOOPS</c>, include/linux/bpf.h).</summary>
    internal const uint MaxLoops = 8 * 1024 * 1024;

    // What a helper copies or sums in the time of an instruction.
    private const ulong BytesPerInstruction = 64;

    /// <summary>Makes a machine.</summary>
    /// <param name="options">What it tells its programs of the world; null for the defaults.</param>
    public Machine(MachineOptions? options = null)
    {
        Options = options ?? new MachineOptions();
        State = (MachineState*)NativeMemory.AllocZeroed((nuint)sizeof(MachineState));
        State->NoPacket = (Frame*)NativeMemory.AllocZeroed((nuint)sizeof(Frame));
        State->StackBase = (byte*)NativeMemory.AlignedAlloc(MaxCallDepth * MaxStack, 64);
        State->StackTop = State->StackBase + MaxCallDepth * MaxStack;
        NativeMemory.Clear(State->StackBase, MaxCallDepth * MaxStack);
        State->Cpu = Options.Cpu;
        State->Budget = Options.Budget;
        GracePeriods.Add(State);
    }

    /// <summary>What it tells its programs of the world.</summary>
    public MachineOptions Options { get; }

    /// <summary>The native part, read and written by compiled code.</summary>
    internal MachineState* State { get; private set; }

    /// <summary>The program that runs: the executor's own or the one a tail call went to. Null for a machine alone.</summary>
    internal LoadedProgram? Program { get; set; }

    /// <summary>The executor that runs on it; null for a machine alone.</summary>
    internal Executor? Executor { get; init; }

    /// <summary>Makes everything ready for a run: the packet or memory at hand, the counters, no memory left from the run before.</summary>
    internal void Begin(LoadedProgram? program, Frame* frame, byte* memory = null, nuint length = 0)
    {
        Program = program;
        State->Frame = frame;
        State->Memory = memory;
        State->MemoryEnd = memory + length;
        State->Pc = 0;
        State->CallDepth = 0;
        State->TailCalls = 0;
        State->Budget = Options.Budget;
        State->HelperBytes = 0;
        if (State->Since == 0)
            Volatile.Write(ref State->Since, GracePeriods.Now);
        Forget();
    }

    /// <summary>Gives back what a run held, and takes away the memory that helpers gave it.</summary>
    internal void Forget()
    {
        if (_records.Count > 0 || HeldLock != null)
            ReleaseHeld();
        if (_regions.Count > 0)
            ForgetRegions();
    }

    /// <summary>Takes packet and memory away after a burst, and gives back what the program held: what calls back later, a timer, and other workers must not find them.</summary>
    internal void End()
    {
        State->Frame = null;
        State->Memory = State->MemoryEnd = null;
        if (_records.Count > 0 || HeldLock != null)
            ReleaseHeld();
        Volatile.Write(ref State->Since, 0);
    }

    /// <summary>The packet at hand.</summary>
    /// <exception cref="ProgramFaultException">There is none: a timer's callback runs.</exception>
    internal Frame* RequireFrame() => State->Frame != null ? State->Frame : throw Fault("works on the packet where there is none");

    /// <summary>Counts bytes that a helper works on; many of them are as much work as a loop.</summary>
    /// <exception cref="ProgramFaultException">The run has spent its budget on them.</exception>
    internal void SpendBytes(ulong count)
    {
        State->HelperBytes += count;
        if (State->HelperBytes / BytesPerInstruction > (ulong)Options.Budget)
            throw BudgetFault();
    }

    /// <summary>Counts a tail call and answers its target; null when the kernel would fall through.</summary>
    internal LoadedProgram? TailCall(LoadedProgram target)
    {
        if (State->TailCalls >= MaxTailCalls)
            return null;
        if (target.Context != Program!.Context)
            throw Fault($"tail-calls '{target.Name}', a {target.Type} program, from a {Program.Type} program");
        if (!Program.MayTailCall(target))
            throw Fault($"tail-calls '{target.Name}', which was not verified");
        if (State->Frame == null)
            throw Fault($"tail-calls '{target.Name}' where there is no packet");
        State->TailCalls++;
        return target;
    }

    /// <summary>The fault of a run that has spent its budget.</summary>
    internal ProgramFaultException BudgetFault(long? budget = null) => Fault(
        $"runs more than {budget ?? Options.Budget} instructions in loops and functions, which looks endless: see {nameof(MachineOptions)}.{nameof(MachineOptions.Budget)}");

    /// <summary>The fault of a call that is one too many.</summary>
    internal ProgramFaultException DepthFault() => Fault($"opens more than {MaxCallDepth} call frames");

    /// <summary>Makes the exception for a fault at <see cref="MachineState.Pc"/>.</summary>
    internal ProgramFaultException Fault(string reason) =>
        new(Program?.Name ?? "(none)", State->Pc, reason, Program?.LineAt(State->Pc));

    /// <summary>Calls back into the program that runs: what helpers with a callback use.</summary>
    /// <remarks>The function is the number that the program gave (see <see cref="FunctionPointers"/>); the others become R1 to R5.</remarks>
    /// <returns>R0 at the function's exit.</returns>
    /// <exception cref="ProgramFaultException">No such function, more than <see cref="MaxCallDepth"/> frames, or a fault inside.</exception>
    internal ulong CallFunction(ulong function, ulong a1, ulong a2 = 0, ulong a3 = 0, ulong a4 = 0, ulong a5 = 0)
    {
        if (Executor is null || !FunctionPointers.TryFind(function, out LoadedProgram program, out int slot))
            throw Fault($"calls back 0x{function:x}, which is no function");
        if (program != Program)
            throw Fault($"calls back a function of '{program.Name}', another program");
        return Executor.CallFunction(program, slot, a1, a2, a3, a4, a5);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (State == null)
            return;
        ReleaseHeld();
        GracePeriods.Remove(State);
        NativeMemory.AlignedFree(State->StackBase);
        NativeMemory.Free(State->NoPacket);
        NativeMemory.Free(State);
        State = null;
    }
}
