using System.Reflection.Emit;
using Headrace.Bytecode;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

internal sealed unsafe partial class GraphEmitter
{
    private void EmitTerminator(Actor actor)
    {
        Block block = actor.Block!;
        switch (actor.Kind)
        {
            case ActorKind.Goto:
                Jump(block, 0, isLast: true);
                return;
            case ActorKind.Branch:
                EmitBranch(block, actor.Inputs[0]);
                return;
            case ActorKind.TailCall:
                EmitTailCall(actor);
                Jump(block, 0, isLast: true);
                return;
            default:
                Return(() => Push(actor.Inputs[0], wide: !_isBurst));
                return;
        }
    }

    private void EmitBranch(Block block, Actor condition)
    {
        bool yesWorks = HasWork(block, 0), noWorks = HasWork(block, 1);
        Label yes = _labels[block.Successors[0].Index], no = _labels[block.Successors[1].Index];
        if (yesWorks && noWorks)
        {
            Label work = _il.DefineLabel();
            JumpIf(condition, holds: true, work);
            Jump(block, 1, isLast: false);
            _il.MarkLabel(work);
            Jump(block, 0, isLast: true);
        }
        else if (yesWorks || (!noWorks && block.Successors[0].Index == block.Index + 1))
        {
            JumpIf(condition, holds: false, no);
            Jump(block, 0, isLast: true);
        }
        else
        {
            JumpIf(condition, holds: true, yes);
            Jump(block, 1, isLast: true);
        }
    }

    private bool HasWork(Block block, int exit)
    {
        Block next = block.Successors[exit];
        return CostOf(block, next) > 0 || Copies(block, exit).Count > 0;
    }

    /// <summary>What a way costs of the budget: the instructions that a jump backward goes back over.</summary>
    /// <remarks>
    /// Without a verifier each jump backward pays, as on the interpreter. In a verified program functions may be inlined, whose instructions lie elsewhere,
    /// so that only ways back to a block in front count.
    /// </remarks>
    private int CostOf(Block block, Block next)
    {
        bool enters = block == _function.Entry && next.Slot == _function.Start;
        if (!CountsRounds || enters)
            return 0;
        int distance = block.Terminator.Slot + 1 - next.Slot;
        return !_trusts ? Math.Max(0, distance) : next.Index <= block.Index ? Math.Max(1, distance) : 0;
    }

    /// <summary>What a way sets: the merges of its target that do not hold the value already.</summary>
    private List<(Actor Merge, Actor Value)> Copies(Block block, int exit)
    {
        Block next = block.Successors[exit];
        var copies = new List<(Actor, Actor)>();
        int way = -1;
        foreach (Actor merge in next.Actors)
        {
            if (merge.Kind != ActorKind.Merge)
                break;
            if (way < 0)
                way = next.PredecessorIndex(block, exit);
            if (VariableOf(merge) is { } variable && VariableOf(merge.Inputs[way]) != variable)
                copies.Add((merge, merge.Inputs[way]));
        }
        return copies;
    }

    // All values are taken before one is set: the evaluation stack makes the copies parallel.
    private void Jump(Block block, int exit, bool isLast)
    {
        Block next = block.Successors[exit];
        if (CostOf(block, next) is > 0 and var cost)
            Spend(block.Terminator, cost);
        List<(Actor Merge, Actor Value)> copies = Copies(block, exit);
        foreach ((Actor merge, Actor value) in copies)
            Push(value, wide: !Placement.IsNarrow(merge));
        for (int i = copies.Count - 1; i >= 0; i--)
            _il.Emit(OpCodes.Stloc, VariableOf(copies[i].Merge)!);
        if (!isLast || next.Index != block.Index + 1)
            _il.Emit(OpCodes.Br, _labels[next.Index]);
    }

    /// <summary>Jumps when a condition holds, or when it does not.</summary>
    private void JumpIf(Actor condition, bool holds, Label target)
    {
        if (condition.Kind != ActorKind.Compare || !_placement.IsInTree(condition))
        {
            Push(condition, wide: condition.IsLiteral || !Placement.IsNarrow(condition));
            _il.Emit(holds ? OpCodes.Brtrue : OpCodes.Brfalse, target);
            return;
        }
        if (condition.Condition is JumpOp.Jeq or JumpOp.Jne && condition.Inputs[1].IsConstant(0))
        {
            Push(condition.Inputs[0], wide: !IsComparedIn32(condition));
            _il.Emit(condition.Condition == JumpOp.Jne == holds ? OpCodes.Brtrue : OpCodes.Brfalse, target);
            return;
        }
        PushCompared(condition);
        if (condition.Condition == JumpOp.Jset)
        {
            _il.Emit(OpCodes.And);
            _il.Emit(holds ? OpCodes.Brtrue : OpCodes.Brfalse, target);
            return;
        }
        _il.Emit(JitMethods.Jump(condition.Condition, holds), target);
    }

    private void Return(Action result)
    {
        if (_function.Frames > 1)
            SetDepth(0);
        if (_isBurst)
        {
            _il.Emit(OpCodes.Ldloc, _frame);
            result();
            _il.Emit(OpCodes.Conv_U4);
            _il.Emit(OpCodes.Stfld, JitMethods.FrameField(nameof(Frame.Verdict)));
            if (_hidesProgram)
                ReturnProgram();
            _il.Emit(OpCodes.Br, _next);
            return;
        }
        result();
        SaveBudget();
        _il.Emit(OpCodes.Ret);
    }

    /// <summary>Gives 1 once the rounds of may_goto are used up (Linux 6.9: include/uapi/linux/bpf.h, BPF_JCOND).</summary>
    private void EmitLoopBudget()
    {
        LocalBuilder result = _il.DeclareLocal(typeof(uint));
        Label left = _il.DefineLabel();
        Label done = _il.DefineLabel();
        _il.Emit(OpCodes.Ldloc, _loops!);
        _il.Emit(OpCodes.Brtrue, left);
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(OpCodes.Stloc, result);
        _il.Emit(OpCodes.Br, done);
        _il.MarkLabel(left);
        _il.Emit(OpCodes.Ldloc, _loops!);
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Stloc, _loops!);
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Stloc, result);
        _il.MarkLabel(done);
        _il.Emit(OpCodes.Ldloc, result);
    }

    /// <summary>Takes so many instructions from the run's budget and stops the program when there are not as many.</summary>
    private void Spend(Actor actor, int instructions)
    {
        if (_budget is not null)
            _machine.Spend(instructions, _isAhead ? _next : Rare(() => Throw(actor, JitMethods.EndlessFault)));
    }

    private void SaveBudget() => _machine.SaveBudget();

    private void LoadBudget() => _machine.LoadBudget();

    /// <summary>Tells the machine which instruction runs and in which frame, before anything that may fault or look.</summary>
    /// <remarks>Right before the call: accesses among the arguments have places of their own.</remarks>
    private void NotePlace(Actor actor)
    {
        _il.Emit(OpCodes.Ldloc, _state);
        _il.Emit(OpCodes.Ldc_I4, actor.Slot);
        _il.Emit(OpCodes.Stfld, JitMethods.StateField(nameof(MachineState.Pc)));
        if (_function.Frames == 1)
            return;
        SetDepth(actor.Frame);
        if (_trusts)
            return;
        // The verifier counts frames; without its word functions that were inlined count here.
        LoadField(_state, nameof(MachineState.CallDepth));
        _il.Emit(OpCodes.Ldc_I4, Machine.MaxCallDepth);
        _il.Emit(OpCodes.Bge, Rare(() => Throw(actor, JitMethods.DepthFault)));
    }

    /// <summary>Sets the number of open frames: those of this function and of functions inlined into it.</summary>
    private void SetDepth(int frame)
    {
        _il.Emit(OpCodes.Ldloc, _state);
        if (_depth is not null)
        {
            _il.Emit(OpCodes.Ldloc, _depth);
            _il.Emit(OpCodes.Ldc_I4, frame);
            _il.Emit(OpCodes.Add);
        }
        else if (_isBurst)
        {
            _il.Emit(OpCodes.Ldc_I4, frame);
        }
        _il.Emit(OpCodes.Stfld, JitMethods.StateField(nameof(MachineState.CallDepth)));
    }

    /// <summary>Throws the fault that a method of the machine and the slot makes; nothing follows.</summary>
    private void Throw(Actor actor, System.Reflection.MethodInfo fault)
    {
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldc_I4, actor.Slot);
        _il.Emit(OpCodes.Call, fault);
        _il.Emit(OpCodes.Throw);
    }
}
