using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier;

/// <summary>Walks every path of a program as the kernel's verifier does for privileged loads.</summary>
internal sealed partial class Verifier
{
    private readonly CallChecker _calls;
    private readonly FactCollector _facts;
    private readonly RegisterKind[] _accessKinds;
    private readonly TargetCheck? _target;
    private int _lastId;

    public Verifier(ProgramSpec program, IReadOnlyList<MapSpec> maps, Btf? types, VerifierOptions options)
    {
        Program = program;
        Maps = maps;
        Types = types;
        Options = options;
        Log = new VerifierLog(options.LogLevel);
        Code = program.Instructions;
        _calls = new CallChecker(this);
        _target = options.Target is { } target ? new TargetCheck(this, target) : null;
        _facts = new FactCollector(Code.Length);
        _isWellFormed = new bool[Code.Length];
        _accessKinds = new RegisterKind[Code.Length];
        _explored = new List<KeptState>?[Code.Length];
        _precision = new PrecisionWalker(Code);
    }

    /// <summary>What is verified.</summary>
    public ProgramSpec Program { get; }

    /// <summary>The collection's maps by index.</summary>
    public IReadOnlyList<MapSpec> Maps { get; }

    /// <summary>The collection's types; null without BTF.</summary>
    public Btf? Types { get; }

    /// <summary>How it is verified.</summary>
    public VerifierOptions Options { get; }

    /// <summary>What is said.</summary>
    public VerifierLog Log { get; }

    /// <summary>The program's instructions by slot.</summary>
    public Instruction[] Code { get; }

    /// <summary>What the walked paths show.</summary>
    public FactCollector Walked => _facts;

    /// <summary>What is proved of each instruction of the accepted program, found when it is asked for.</summary>
    public Func<ProgramFacts> FactsLater()
    {
        (ProgramSpec program, IReadOnlyList<MapSpec> maps, FactCollector walked, ControlFlow flow) = (Program, Maps, _facts, _flow);
        bool hasGlobals = _prototypes.Any(function => function is { IsGlobal: true, IsVerified: true });
        return () => FactBuilder.Build(program, maps, walked, flow, hasGlobals);
    }

    /// <summary>The state at the current instruction.</summary>
    public VerifierState State { get; private set; } = new();

    /// <summary>Slot of the current instruction.</summary>
    public int Slot { get; private set; }

    /// <summary>The running frame.</summary>
    public FunctionState Frame => State.Current;

    /// <summary>A register of the running frame.</summary>
    public ref RegisterState this[Register register] => ref State.Current.Registers[(int)register];

    /// <summary>The subprogram that starts at a slot, or -1.</summary>
    public int FindFunction(int start) => _flow.Find(start);

    /// <summary>A fresh id, for <see cref="RegisterState.Id"/> and <see cref="RegisterState.ReferenceId"/>.</summary>
    public int NewId() => ++_lastId;

    /// <summary>Makes the exception that refuses the program: <c>throw verifier.Reject("R1 !read_ok")</c>.</summary>
    /// <param name="message">One or more lines, without the last line feed.</param>
    /// <param name="errno">The kernel's error number.</param>
    public Exception Reject(string message, int errno = VerifierErrno.Invalid) => new Rejection(message, errno);

    /// <summary>Refuses a register that cannot be read (<c>R1 !read_ok</c>).</summary>
    public void CheckRead(Register register)
    {
        if (this[register].Kind == RegisterKind.NotInitialized)
            throw Reject($"R{(int)register} !read_ok", VerifierErrno.Access);
    }

    /// <summary>Takes back what packet pointers were proved to have (helpers that move packet data): they become numbers unknown.</summary>
    public partial void InvalidatePacketPointers();

    /// <summary>Makes R0 to R5 unreadable, as after every call; R0 is set afterwards.</summary>
    public partial void ForgetCallerSaved();

    /// <summary>Checks that memory a helper reads or writes is there: any pointer kind, its offset included.</summary>
    /// <param name="register">The pointer argument.</param>
    /// <param name="size">Bytes; 0 only with <paramref name="zeroAllowed"/>.</param>
    /// <param name="access">What the helper does.</param>
    /// <param name="zeroAllowed">True when NULL with size 0 and zero sizes are taken.</param>
    /// <param name="mayBeUninitialized">True when stack bytes need not have been written; they are written by the call.</param>
    public partial void CheckHelperMemory(Register register, int size, MemoryAccess access, bool zeroAllowed, bool mayBeUninitialized);

    /// <summary>Checks a pair of memory and size, where the size is a number of a range: the greatest size must be there.</summary>
    public partial void CheckHelperMemorySize(Register memory, Register size, MemoryAccess access, bool zeroAllowed, bool mayBeUninitialized);

    /// <summary>Marks the scalar in a register, and all it was made from on this path, as one that pruning compares exactly.</summary>
    public partial void MarkPrecise(Register register);

    /// <summary>Notes that the current instruction acquired a reference.</summary>
    /// <returns>Its id.</returns>
    public partial int AcquireReference(int slot);

    /// <summary>Gives a reference back: every register and slot that holds it becomes unreadable.</summary>
    /// <returns>False when no such reference is held.</returns>
    public partial bool ReleaseReference(int id);

    /// <summary>Walks a callback from here, with its arguments prepared by <paramref name="prepare"/> (callee R1 to R5), as often as needed.</summary>
    /// <param name="subprogram">Which function (<see cref="RegisterState.Detail"/> of a function pointer).</param>
    /// <param name="isAsync">True when it runs later (timers): it is verified alone.</param>
    /// <param name="returns">What the callback may return.</param>
    /// <param name="prepare">Sets the callee's registers from the caller's.</param>
    public partial void PushCallback(int subprogram, bool isAsync, ReturnRange returns, Action<FunctionState, FunctionState> prepare);
}
