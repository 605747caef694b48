using System.Reflection.Emit;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>A function while its IL is written: what all who write a part of it have in common.</summary>
internal sealed unsafe class FunctionCode
{
    private readonly List<Action> _rare;

    /// <summary>Prepares to write a function of a program.</summary>
    /// <param name="owner">The program.</param>
    /// <param name="function">The function.</param>
    /// <param name="il">Where to write.</param>
    /// <param name="isBurst">True for the program once for each frame of a burst; false for one call.</param>
    /// <param name="isAhead">True for what runs ahead of its packet's turn.</param>
    public FunctionCode(CompiledProgram owner, GraphFunction function, ILGenerator il, bool isBurst, bool isAhead = false) : this(owner, function, il, isBurst, isAhead, null, null)
    {
    }

    /// <summary>Prepares to write a program in the place of a tail call of another.</summary>
    /// <param name="target">The program.</param>
    /// <param name="caller">Where the call stands.</param>
    public FunctionCode(InlinedTarget target, FunctionCode caller) : this(target.Code, target.Code.Graph.Main, caller.Il, isBurst: true, isAhead: false, caller, target.Found)
    {
    }

    private FunctionCode(CompiledProgram owner, GraphFunction function, ILGenerator il, bool isBurst, bool isAhead, FunctionCode? caller, LocalBuilder? self)
    {
        (Owner, Function, Il, IsBurst, IsAhead, Caller, Self) = (owner, function, il, isBurst, isAhead, caller, self);
        _rare = caller?._rare ?? [];
        Inlined = caller?.Inlined ?? new InlinedTargets();
        TailCalls = caller is null ? 0 : caller.TailCalls + 1;
        HasPacket = !isBurst || Needs.Machine || caller is { HasPacket: true };
        HidesProgram = caller is not null && (Needs.Machine || caller.HidesProgram);
        Placement = new Placement(function);
        State = caller?.State ?? il.DeclareLocal(typeof(MachineState*));
        Frame = caller?.Frame ?? il.DeclareLocal(typeof(Frame*));
        Top = caller?.Top ?? il.DeclareLocal(typeof(ulong));
        Budget = caller?.Budget ?? (Needs.Budget || isAhead ? il.DeclareLocal(typeof(long)) : null);
        Machine = new MachineCode(il, State, Budget);
        Loops = function.Actors.Any(actor => actor.Kind == ActorKind.LoopBudget) ? il.DeclareLocal(typeof(uint)) : null;
        Depth = function.Frames > 1 && !isBurst ? il.DeclareLocal(typeof(int)) : null;
        Maps = new MapCode(il, Program.MapArray, State);
        Labels = [.. function.Blocks.Select(_ => il.DefineLabel())];
        Next = caller?.Next ?? il.DefineLabel();
        Variables = DeclareVariables();
        Run = new RunCode(this);
    }

    /// <summary>The program it belongs to.</summary>
    public CompiledProgram Owner { get; }

    /// <summary>The same as it was loaded.</summary>
    public LoadedProgram Program => Owner.Program;

    /// <summary>Its graph.</summary>
    public Graph Graph => Owner.Graph;

    /// <summary>The function.</summary>
    public GraphFunction Function { get; }

    /// <summary>What the program's code keeps at hand.</summary>
    public CodeNeeds Needs => Owner.Needs;

    /// <summary>True where the verifier's word is taken.</summary>
    public bool Trusts => Graph.IsVerified;

    /// <summary>Where code is written.</summary>
    public ILGenerator Il { get; }

    /// <summary>True for the program once for each frame of a burst; false for one call.</summary>
    public bool IsBurst { get; }

    /// <summary>True for what runs ahead of its packet's turn.</summary>
    public bool IsAhead { get; }

    /// <summary>How the program is cut into stages, where a stage is written.</summary>
    public StagePlan? Plan { get; set; }

    /// <summary>The function whose tail call this program stands for; null for the method's own.</summary>
    public FunctionCode? Caller { get; }

    /// <summary>The method's own function.</summary>
    public FunctionCode Root => Caller?.Root ?? this;

    /// <summary>The local that holds this program, where it stands for a tail call.</summary>
    public LocalBuilder? Self { get; }

    /// <summary>Tail calls that led here, all written in place.</summary>
    public int TailCalls { get; }

    /// <summary>The programs that were written in place of tail calls in this method.</summary>
    public InlinedTargets Inlined { get; }

    /// <summary>True where the machine knows the packet.</summary>
    public bool HasPacket { get; }

    /// <summary>True where the machine is told of another program than the method's own.</summary>
    public bool HidesProgram { get; }

    /// <summary>Where the function's tokens are kept.</summary>
    public Placement Placement { get; }

    /// <summary>The variables of its locals, by number.</summary>
    public LocalBuilder[] Variables { get; }

    /// <summary>The heads of its blocks, by index.</summary>
    public Label[] Labels { get; }

    /// <summary>Where the burst goes on to the next packet.</summary>
    public Label Next { get; }

    /// <summary>The machine's native part.</summary>
    public LocalBuilder State { get; }

    /// <summary>The packet's frame.</summary>
    public LocalBuilder Frame { get; }

    /// <summary>The end of the stack, where R10 points.</summary>
    public LocalBuilder Top { get; }

    /// <summary>What is left of the run's budget; null when nothing spends of it.</summary>
    public LocalBuilder? Budget { get; }

    /// <summary>Rounds that are left to may_goto; null where there is none.</summary>
    public LocalBuilder? Loops { get; }

    /// <summary>Frames that were open when the function was called; null where it has one frame, or is the first.</summary>
    public LocalBuilder? Depth { get; }

    /// <summary>Numbers that have variables, where a burst has set some.</summary>
    public RepeatedConstants? Constants { get; set; }

    /// <summary>Writes what is done with the machine.</summary>
    public MachineCode Machine { get; }

    /// <summary>Writes what is done with maps.</summary>
    public MapCode Maps { get; }

    /// <summary>Writes what a run keeps: its budget, its open frames, where it stands.</summary>
    public RunCode Run { get; }

    /// <summary>The variable of a token; null for one that is made where it is taken.</summary>
    public LocalBuilder? VariableOf(Actor actor) => Placement.LocalOf(actor) is >= 0 and var local ? Variables[local] : null;

    /// <summary>Pushes a number.</summary>
    public void Constant(long value, bool wide)
    {
        if (wide && Constants?.Of(value) is { } variable)
            Il.Emit(OpCodes.Ldloc, variable);
        else if (wide)
            Il.Emit(OpCodes.Ldc_I8, value);
        else
            Il.Emit(OpCodes.Ldc_I4, (int)value);
    }

    /// <summary>Changes the width of what was pushed: zeros come above.</summary>
    public void Convert(bool fromWide, bool toWide)
    {
        if (fromWide != toWide)
            Il.Emit(toWide ? OpCodes.Conv_U8 : OpCodes.Conv_U4);
    }

    /// <summary>Puts code that is seldom needed behind the function.</summary>
    /// <param name="emit">Writes it; nothing follows it.</param>
    /// <returns>Where it stands.</returns>
    public Label Rare(Action emit)
    {
        Label label = Il.DefineLabel();
        _rare.Add(() =>
        {
            Il.MarkLabel(label);
            emit();
        });
        return label;
    }

    /// <summary>Writes what <see cref="Rare"/> was given; rare ways may add rare ways.</summary>
    public void WriteRare()
    {
        for (int i = 0; i < _rare.Count; i++)
            _rare[i]();
    }

    /// <summary>Throws the fault that a method of the machine and the slot makes; nothing follows.</summary>
    public void Throw(Actor actor, System.Reflection.MethodInfo fault)
    {
        Il.Emit(OpCodes.Ldarg_1);
        Il.Emit(OpCodes.Ldc_I4, actor.Slot);
        Il.Emit(OpCodes.Call, fault);
        Il.Emit(OpCodes.Throw);
    }

    private LocalBuilder[] DeclareVariables()
    {
        int[] shared = Liveness.Share(Placement);
        var variables = new LocalBuilder[shared.Length];
        for (int i = 0; i < shared.Length; i++)
            variables[shared[i]] ??= Il.DeclareLocal(Placement.IsNarrow(Placement.Locals[i]) ? typeof(uint) : typeof(ulong));
        return [.. shared.Select(variable => variables[variable])];
    }
}
