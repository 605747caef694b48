using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Headrace.Engine;

/// <summary>Runs programs one instruction after the other with every memory access checked: the reference semantics.</summary>
/// <remarks>
/// It can be watched (<see cref="Observer"/>) and stepped (<see cref="Begin(Frame*)"/>, <see cref="Step"/>). Registers that were never
/// set read as 0, in a function too, and R1 to R5 are 0 after it; the second operand of shifts is taken modulo the width; division by zero gives 0 and its remainder the dividend.
/// </remarks>
public sealed unsafe partial class Interpreter : Executor
{
    private const int RegisterCount = 11;

    // Each callback runs on registers of its own: one block for each frame that can be open.
    private const int RegisterStride = 16;

    private readonly LoadedProgram?[] _framePrograms = new LoadedProgram?[Machine.MaxCallDepth];
    private readonly CallFrame* _frames;
    private readonly ulong* _registers;
    private DecodedInstruction* _code;
    private DecodedInstruction* _next;

    /// <summary>Makes an interpreter with a machine of its own.</summary>
    /// <param name="program">The program it starts.</param>
    /// <param name="options">What the machine tells the program of the world; null for the defaults.</param>
    public Interpreter(LoadedProgram program, MachineOptions? options = null) : base(program, options)
    {
        _frames = NewFrames();
        _registers = NewRegisters();
    }

    /// <summary>Makes an interpreter that runs programs which another engine leaves to it, on that one's machine.</summary>
    internal Interpreter(Executor owner) : base(owner)
    {
        _frames = NewFrames();
        _registers = NewRegisters();
    }

    /// <summary>Is told of every instruction; null, which costs nothing, when nobody watches.</summary>
    public InterpreterObserver? Observer { get; set; }

    // The main loop is one large method that .NET compiles at its first call, which takes longer than most captures.
    /// <inheritdoc/>
    public override void Prepare()
    {
        _ = Program.Decoded;
        MethodInfo loop = typeof(Interpreter).GetMethod(nameof(Execute), BindingFlags.NonPublic | BindingFlags.Instance)!;
        Type policy = Observer is null ? typeof(IExecutionPolicy.Plain) : typeof(IExecutionPolicy.Observed);
        RuntimeHelpers.PrepareMethod(loop.MethodHandle, [policy.TypeHandle]);
    }

    /// <inheritdoc/>
    public override void Run(Frame* frames, int count)
    {
        try
        {
            for (int i = 0; i < count; i++)
            {
                Start(frames + i, null, 0);
                frames[i].Verdict = (uint)Finish();
            }
        }
        finally
        {
            Machine.End();
        }
    }

    /// <inheritdoc/>
    public override ulong Invoke(byte* memory, nuint length)
    {
        try
        {
            Start(null, memory, length);
            return Finish();
        }
        finally
        {
            Machine.End();
        }
    }

    internal override ulong CallFunction(LoadedProgram program, int slot, ulong a1, ulong a2, ulong a3, ulong a4, ulong a5)
    {
        MachineState* state = Machine.State;
        if (state->CallDepth + 1 >= Machine.MaxCallDepth)
            throw Machine.DepthFault();
        if ((state->Budget -= program.FunctionLength(slot)) < 0)
            throw Machine.BudgetFault();
        int pc = state->Pc;
        LoadedProgram? caller = Machine.Program;
        state->CallDepth++;
        ulong result = RunHere(program, slot, a1, a2, a3, a4, a5);
        state->CallDepth--;
        state->Pc = pc;
        Machine.Program = caller;
        return result;
    }

    /// <summary>Runs a program that compiled code tail-calls; see <see cref="JitExecutor.Enter"/>.</summary>
    internal ulong Enter(LoadedProgram program) => RunHere(program, 0, (ulong)Machine.State->Frame, 0, 0, 0, 0);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        NativeMemory.Free(_frames);
        NativeMemory.Free(_registers);
        base.Dispose(disposing);
    }

    /// <summary>Makes everything ready for the first instruction of a run.</summary>
    private void Start(Frame* frame, byte* memory, nuint length)
    {
        ulong context = frame != null ? (ulong)frame : (ulong)memory;
        Machine.Begin(Program, frame, memory, length);
        Enter(Program, 0);
        _frames[0].Loops = Machine.MaxLoops;
        ulong* r = _registers;
        new Span<ulong>(r, RegisterCount).Clear();
        r[1] = context;
        r[2] = length;
        r[10] = (ulong)Machine.State->StackTop;
    }

    /// <summary>Runs a program from a slot to its exit in the frame that is open, on registers of its own.</summary>
    private ulong RunHere(LoadedProgram program, int slot, ulong a1, ulong a2, ulong a3, ulong a4, ulong a5)
    {
        DecodedInstruction* code = _code;
        DecodedInstruction* next = _next;
        Enter(program, slot);
        int depth = Machine.State->CallDepth;
        _frames[depth].Loops = Machine.MaxLoops;
        ulong* r = _registers + depth * RegisterStride;
        new Span<ulong>(r, RegisterCount).Clear();
        (r[1], r[2], r[3], r[4], r[5]) = (a1, a2, a3, a4, a5);
        r[10] = (ulong)Machine.State->StackTop - (ulong)(depth * Machine.MaxStack);
        if (Observer is null)
            Execute<IExecutionPolicy.Plain>(r, depth);
        else
            Observe(r, depth);
        _code = code;
        _next = next;
        return r[0];
    }

    private static CallFrame* NewFrames() => (CallFrame*)NativeMemory.AllocZeroed(Machine.MaxCallDepth, (nuint)sizeof(CallFrame));

    private static ulong* NewRegisters() => (ulong*)NativeMemory.AllocZeroed(Machine.MaxCallDepth * RegisterStride, sizeof(ulong));

    private ulong Finish()
    {
        if (Observer is null)
            Execute<IExecutionPolicy.Plain>(_registers, 0);
        else
            Observe(_registers, 0);
        return _registers[0];
    }

    private void Observe(ulong* r, int floor)
    {
        Execute<IExecutionPolicy.Observed>(r, floor);
        Observer?.Ended(new ReadOnlySpan<ulong>(r, RegisterCount));
    }

    /// <summary>Makes a program the one that runs, from one of its slots.</summary>
    private void Enter(LoadedProgram program, int slot)
    {
        Machine.Program = program;
        _code = program.Decoded.Code;
        _next = _code + slot;
    }
}
