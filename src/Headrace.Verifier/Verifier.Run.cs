using System.Globalization;
using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class Verifier
{
    private const int MaxInstructions = 1_000_000;

    private SubprogramPrototype?[] _prototypes = [];
    private int[] _stackDepths = [];
    private CallChain?[] _roots = [];
    private int _subprogramAlone;

    /// <summary>Verifies the program.</summary>
    /// <returns>The positive error number of the refusal; 0 when it is accepted.</returns>
    public int Run()
    {
        int errno = 0;
        try
        {
            CheckSize();
            _calls.CheckKfuncs();
            var builder = new ControlFlowBuilder(this);
            _flow = builder.Build();
            _prototypes = [.. _flow.Starts.Select(start => Program.Functions.FirstOrDefault(function => function.Start == start) is { } spec
                ? SubprogramPrototype.Read(Types, spec, Program.Type) : null)];
            _stackDepths = new int[_flow.Count];
            _roots = new CallChain?[_flow.Count];
            CheckOpcodes();
            builder.Walk(_flow);
            _live = RegisterLiveness.Solve(Program, _flow);
            _comparison = new StateComparison(_live);
            FindPacketChanges();
            _target?.CheckProgram();
            VerifyMain();
            VerifyGlobals();
            new StackDepth(this, _flow, _stackDepths).Check();
        }
        catch (Rejection rejection)
        {
            errno = rejection.Errno;
            Error = rejection.Message;
            KeepExplanation();
            if (Log.Length > 0 && !Log.EndsLine)
                Log.WriteLine("");
            Log.WriteLine(rejection.Message);
        }
        if (_flow is not null && _live.Length > 0)
        {
            Log.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"processed {Processed} insns (limit {MaxInstructions}) max_states_per_insn {_maxStatesPerInstruction} total_states {_totalStates} peak_states {_peakStates} mark_read 0"));
        }
        return errno;
    }

    /// <summary>Why it was refused: one or more lines; null when it was not.</summary>
    public string? Error { get; private set; }

    /// <summary>True for a subprogram that is verified on its own.</summary>
    public bool IsGlobal(int subprogram) => subprogram > 0 && subprogram < _prototypes.Length && _prototypes[subprogram] is { IsGlobal: true };

    private void CheckSize()
    {
        // The kernel says nothing here but its error number.
        if (Code.Length == 0)
            throw Reject("the program has no instructions", VerifierErrno.TooBig);
        if (Code.Length > MaxInstructions)
            throw Reject($"the program has too many instructions: {Code.Length}, of {MaxInstructions} that are allowed", VerifierErrno.TooBig);
    }

    private void CheckOpcodes()
    {
        for (int slot = 0; slot < Code.Length; slot++)
        {
            if (OpcodeCheck.Unknown(Code[slot]) is { } message)
                throw Reject(message);
            if (!Code[slot].Opcode.IsWideLoad)
                continue;
            if (slot + 1 == Code.Length || Code[slot + 1] != Instruction.WideTail)
                throw Reject("invalid bpf_ld_imm64 insn");
            CheckWideLoadForm(Code[slot]);
            slot++;
        }
    }

    private void VerifyMain()
    {
        _subprogramAlone = 0;
        var state = new VerifierState();
        FunctionState frame = NewFrame(0);
        frame.Registers[1] = RegisterState.Pointer(RegisterKind.Context);
        state.Frames[0] = frame;
        Explore(state);
    }

    private void VerifyGlobals()
    {
        // Only those that are called: a call may come from one that is verified later.
        for (int i = 1; i < _flow.Count; i++)
        {
            if (!IsGlobal(i) || !_prototypes[i]!.IsCalled || _prototypes[i]!.IsVerified)
                continue;
            _prototypes[i]!.IsVerified = true;
            _subprogramAlone = i;
            var state = new VerifierState { FirstSlot = _flow.Starts[i] };
            FunctionState frame = NewFrame(i);
            _prototypes[i]!.Prepare(frame, this);
            state.Frames[0] = frame;
            if (Log.IsVerbose)
                Log.WriteLine($"Validating {_prototypes[i]!.Name}() func#{i}...");
            (_changedRegisters, _changedSlots) = (AllRegisters, ulong.MaxValue);
            Explore(state);
            if (Log.IsVerbose)
                Log.WriteLine($"Func#{i} ('{_prototypes[i]!.Name}') is safe for any args that match its prototype");
            i = 0;
        }
    }

    // A frame that nobody called.
    private FunctionState NewFrame(int subprogram)
    {
        var frame = new FunctionState { CallSite = -1, Subprogram = subprogram, Chain = _roots[subprogram] ??= new CallChain(_flow, subprogram) };
        frame.Registers[10] = RegisterState.Pointer(RegisterKind.Stack);
        return frame;
    }

    // A global function's callers must know whether it moves the packet, before its body is looked at.
    private void FindPacketChanges()
    {
        var changes = new bool[_flow.Count];
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int i = 0; i < _flow.Count; i++)
            {
                for (int slot = _flow.Starts[i]; slot < _flow.End(i) && !changes[i]; slot++)
                {
                    Instruction instruction = Code[slot];
                    if (!instruction.IsCall)
                        continue;
                    bool moves = instruction.CallKind == CallKind.Helper && HelperPrototypes.Find((HelperId)instruction.Imm32, Program.Type)?.Has(HelperMarks.ChangesPacket) == true;
                    bool calls = instruction.CallKind == CallKind.Local && changes[_flow.Find(slot + 1 + instruction.Imm32)];
                    bool pulls = KfuncPrototypes.At(Program, slot) is { Action: KfuncAction.MovesPacket };
                    changed |= changes[i] = moves || calls || pulls;
                }
            }
        }
        for (int i = 0; i < _flow.Count; i++)
        {
            if (_prototypes[i] is { } function)
                function.ChangesPacket = changes[i];
        }
    }

    private void NoteAccess(RegisterKind kind)
    {
        // One instruction serves one kind of pointer: the kernel rewrites accesses to these kinds.
        bool rewritten = NeedsRewrite(kind);
        RegisterKind earlier = _accessKinds[Slot];
        if (earlier == RegisterKind.NotInitialized)
        {
            _accessKinds[Slot] = kind;
            return;
        }
        if (earlier != kind && (rewritten || NeedsRewrite(earlier)))
            throw Reject("same insn cannot be used with different pointers");
    }

    private static bool NeedsRewrite(RegisterKind kind) => kind is RegisterKind.Context or RegisterKind.Socket or RegisterKind.SocketCommon
        or RegisterKind.TcpSocket or RegisterKind.XdpSocket or RegisterKind.BtfObject or RegisterKind.Arena;
}
