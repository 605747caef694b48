using System.Reflection.Emit;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>Writes a function of a graph as the IL of one dynamic method: control becomes jumps, tokens become expressions and locals.</summary>
/// <remarks>
/// Blocks are written in their order, so that the common way falls through; merges are copies on the ways into their block. In a verified program
/// accesses go straight to memory; what neither the graph nor the verifier can place is asked of the machine, as everything is in programs
/// that no verifier has seen.
/// </remarks>
internal sealed unsafe partial class GraphEmitter
{
    private readonly CompiledProgram _owner;
    private readonly LoadedProgram _program;
    private readonly Graph _graph;
    private readonly GraphFunction _function;
    private readonly ILGenerator _il;
    private readonly bool _isBurst;
    private readonly bool _trusts;
    private readonly CodeNeeds _needs;
    private readonly Placement _placement;
    private readonly LocalBuilder[] _variables;
    private readonly Label[] _labels;
    private readonly Label _next;
    private readonly List<Action> _rare;
    private readonly MapCode _maps;
    private readonly MachineCode _machine;
    private readonly LocalBuilder _state;
    private readonly LocalBuilder _frame;
    private readonly LocalBuilder _top;
    private readonly LocalBuilder? _budget;
    private readonly LocalBuilder? _loops;
    private readonly LocalBuilder? _depth;
    private RepeatedConstants? _constants;

    /// <summary>Prepares to write a function.</summary>
    /// <param name="owner">The program it belongs to.</param>
    /// <param name="function">The function.</param>
    /// <param name="il">Where to write.</param>
    /// <param name="isBurst">True for the program once for each frame of a burst; false for one call.</param>
    public GraphEmitter(CompiledProgram owner, GraphFunction function, ILGenerator il, bool isBurst) : this(owner, function, il, isBurst, null)
    {
    }

    private GraphEmitter(CompiledProgram owner, GraphFunction function, ILGenerator il, bool isBurst, GraphEmitter? caller, bool isAhead = false)
    {
        _isAhead = isAhead;
        _caller = caller;
        _rare = caller?._rare ?? [];
        (_owner, _program, _graph, _function, _il, _isBurst) = (owner, owner.Program, owner.Graph, function, il, isBurst);
        _trusts = _graph.IsVerified;
        _needs = owner.Needs;
        _hasPacket = !isBurst || _needs.Machine || caller is { _hasPacket: true };
        _hidesProgram = caller is not null && (_needs.Machine || caller._hidesProgram);
        _placement = new Placement(function);
        _state = caller?._state ?? il.DeclareLocal(typeof(MachineState*));
        _frame = caller?._frame ?? il.DeclareLocal(typeof(Frame*));
        _top = caller?._top ?? il.DeclareLocal(typeof(ulong));
        _budget = caller?._budget ?? (_needs.Budget || isAhead ? il.DeclareLocal(typeof(long)) : null);
        _machine = new MachineCode(il, _state, _budget);
        _loops = function.Actors.Any(actor => actor.Kind == ActorKind.LoopBudget) ? il.DeclareLocal(typeof(uint)) : null;
        _depth = function.Frames > 1 && !isBurst ? il.DeclareLocal(typeof(int)) : null;
        _maps = new MapCode(il, _program.MapArray, _state);
        _labels = [.. function.Blocks.Select(_ => il.DefineLabel())];
        _next = caller?._next ?? il.DefineLabel();
        _variables = DeclareVariables();
    }

    private LocalBuilder[] DeclareVariables()
    {
        int[] shared = Liveness.Share(_placement);
        var variables = new LocalBuilder[shared.Length];
        for (int i = 0; i < shared.Length; i++)
            variables[shared[i]] ??= _il.DeclareLocal(Placement.IsNarrow(_placement.Locals[i]) ? typeof(uint) : typeof(ulong));
        return [.. shared.Select(variable => variables[variable])];
    }

    /// <summary>Writes the burst form, <see cref="JitMethods.BurstParameters"/>.</summary>
    public void EmitBurst()
    {
        ForEachFrame(
            first: () =>
            {
                LoadField(_state, nameof(MachineState.StackTop));
                _il.Emit(OpCodes.Conv_U8);
                _il.Emit(OpCodes.Stloc, _top);
                _constants = new RepeatedConstants(_il, _function, _program.MapArray, _machine, _state);
                StartCounters();
            },
            each: () =>
            {
                StartRun();
                EmitBlocks();
            });
        FinishCounters();
        _il.Emit(OpCodes.Ret);
        EmitRare();
    }

    /// <summary>Writes a loop over the burst's frames.</summary>
    /// <param name="first">Writes what comes before it.</param>
    /// <param name="each">Writes what is done with a frame; its code goes on at <see cref="_next"/>.</param>
    /// <param name="advance">Writes what goes on with the frame, if anything does.</param>
    private void ForEachFrame(Action first, Action each, Action? advance = null)
    {
        LocalBuilder end = _il.DeclareLocal(typeof(Frame*));
        Label run = _il.DefineLabel();
        Label done = _il.DefineLabel();
        LoadState();
        _il.Emit(OpCodes.Ldarg_2);
        _il.Emit(OpCodes.Stloc, _frame);
        _il.Emit(OpCodes.Ldarg_2);
        _il.Emit(OpCodes.Ldarg_3);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Ldc_I4, sizeof(Frame));
        _il.Emit(OpCodes.Mul);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, end);
        first();
        FindTargets();

        _il.MarkLabel(run);
        _il.Emit(OpCodes.Ldloc, _frame);
        _il.Emit(OpCodes.Ldloc, end);
        _il.Emit(OpCodes.Bge_Un, done);
        each();
        _il.MarkLabel(_next);
        Advance(_frame, sizeof(Frame));
        advance?.Invoke();
        _il.Emit(OpCodes.Br, run);
        _il.MarkLabel(done);
    }

    /// <summary>Writes the form of one call, <see cref="JitMethods.FunctionParameters"/> or <see cref="JitMethods.EntryParameters"/>, on the machine's stack and packet.</summary>
    public void EmitFunction()
    {
        LoadState();
        Label found = _il.DefineLabel();
        LoadField(_state, nameof(MachineState.Frame));
        _il.Emit(OpCodes.Stloc, _frame);
        _il.Emit(OpCodes.Ldloc, _frame);
        _il.Emit(OpCodes.Brtrue, found);
        // Timers call functions where there is no packet.
        LoadField(_state, nameof(MachineState.NoPacket));
        _il.Emit(OpCodes.Stloc, _frame);
        _il.MarkLabel(found);
        LoadField(_state, nameof(MachineState.StackTop));
        LoadField(_state, nameof(MachineState.CallDepth));
        _il.Emit(OpCodes.Ldc_I4, Machine.MaxStack);
        _il.Emit(OpCodes.Mul);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Conv_U8);
        _il.Emit(OpCodes.Stloc, _top);
        if (_depth is not null)
        {
            LoadField(_state, nameof(MachineState.CallDepth));
            _il.Emit(OpCodes.Stloc, _depth);
        }
        LoadBudget();
        ResetLoops();
        EmitBlocks();
        EmitRare();
    }

    private void LoadState() => _machine.LoadState();

    /// <summary>What a run starts with; see <see cref="Machine.Begin"/>, of which this does only what the program can notice.</summary>
    private void StartRun()
    {
        if (_needs.Begin)
            _machine.Begin(_frame);
        if (_needs.Machine)
            TakePacket();
        _machine.StartBudget();
        ResetLoops();
    }

    private void TakePacket() => _machine.TakePacket(_frame, Root._plan is { StackBytes: > 0 } ? _top : null);

    private void ResetLoops()
    {
        if (_loops is null)
            return;
        _il.Emit(OpCodes.Ldc_I4, (int)Machine.MaxLoops);
        _il.Emit(OpCodes.Stloc, _loops);
    }

    private void EmitBlocks()
    {
        foreach (Block block in _function.Blocks)
        {
            _il.MarkLabel(_labels[block.Index]);
            foreach (Actor actor in block.Actors)
                EmitActor(actor);
        }
    }

    private void EmitActor(Actor actor)
    {
        if (actor.IsTerminator)
        {
            EmitTerminator(actor);
            return;
        }
        if (actor.IsLiteral || _placement.IsInTree(actor) || actor.Kind is ActorKind.Merge or ActorKind.Parameter)
            return;
        int local = _placement.LocalOf(actor);
        switch (actor.Kind)
        {
            case ActorKind.Atomic when _counters.TryGetValue(actor, out (LocalBuilder Address, LocalBuilder Sum) counter):
                Count(actor, counter.Address, counter.Sum);
                return;
            case ActorKind.Store:
                EmitStore(actor);
                return;
            case ActorKind.CopyBytes:
                EmitCopy(actor);
                return;
            case ActorKind.ClearBytes:
                EmitClear(actor);
                return;
            case ActorKind.Select when local >= 0:
                EmitSelect(actor, _variables[local]);
                return;
        }
        if (actor.IsPure && local < 0)
            return; // nobody takes it
        EmitValue(actor, Placement.IsNarrow(actor));
        if (local >= 0)
            _il.Emit(OpCodes.Stloc, _variables[local]);
        else
            _il.Emit(OpCodes.Pop);
    }

    /// <summary>Pushes a token.</summary>
    /// <param name="actor">Whose.</param>
    /// <param name="wide">True for 64 bits, false for the low 32.</param>
    private void Push(Actor actor, bool wide)
    {
        switch (actor.Kind)
        {
            case ActorKind.Constant:
                Constant(actor.Immediate, wide);
                return;
            case ActorKind.FramePointer:
                PushAddress(actor, 0);
                break;
            case ActorKind.MapHandle:
                _il.Emit(OpCodes.Ldc_I8, (long)_program.MapArray[actor.Map].Handle);
                break;
            case ActorKind.MapValueAddress or ActorKind.ElementAddress:
                PushAddress(actor, 0);
                break;
            case ActorKind.FunctionAddress:
                _il.Emit(OpCodes.Ldc_I8, (long)FunctionPointers.Of(_program, (int)actor.Immediate));
                break;
            case ActorKind.Parameter:
                PushParameter((int)actor.Immediate);
                break;
            case var _ when _plan is not null && StagePlan.IsPlacedOnStack(actor):
                PushStackAddress(actor.Facts.Pointer);
                break;
            default:
                if (_placement.LocalOf(actor) is >= 0 and var local)
                {
                    _il.Emit(OpCodes.Ldloc, _variables[local]);
                    Convert(!Placement.IsNarrow(actor), wide);
                }
                else
                {
                    // In the width that is asked for: what the runtime's compiler knows again, a rotation, is not to be torn.
                    EmitValue(actor, !wide);
                }
                return;
        }
        Convert(true, wide);
    }

    /// <summary>Changes the width of what was pushed: zeros come above.</summary>
    private void Convert(bool fromWide, bool toWide)
    {
        if (fromWide != toWide)
            _il.Emit(toWide ? OpCodes.Conv_U8 : OpCodes.Conv_U4);
    }

    private void PushParameter(int register)
    {
        if (!_isBurst)
            _il.Emit(OpCodes.Ldarg, JitMethods.FirstArgument + register - 1);
        else if (register == 1 && !_graph.IsPlain)
            LoadFrameAddress();
        else
            _il.Emit(OpCodes.Ldc_I8, 0L);
    }

    private void LoadFrameAddress()
    {
        _il.Emit(OpCodes.Ldloc, _frame);
        _il.Emit(OpCodes.Conv_U8);
    }

    private void Constant(long value, bool wide)
    {
        if (wide && _constants?.Of(value) is { } variable)
            _il.Emit(OpCodes.Ldloc, variable);
        else if (wide)
            _il.Emit(OpCodes.Ldc_I8, value);
        else
            _il.Emit(OpCodes.Ldc_I4, (int)value);
    }

    private void LoadField(LocalBuilder structure, string field) => _machine.LoadField(structure, field);

    // Rare ways may add rare ways.
    private void EmitRare()
    {
        for (int i = 0; i < _rare.Count; i++)
            _rare[i]();
    }

    private Label Rare(Action emit)
    {
        Label label = _il.DefineLabel();
        _rare.Add(() =>
        {
            _il.MarkLabel(label);
            emit();
        });
        return label;
    }
}
