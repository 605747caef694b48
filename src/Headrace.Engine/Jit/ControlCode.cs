using System.Reflection.Emit;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>Writes how control leaves a block: the copies into merges, jumps, ends.</summary>
/// <param name="code">The function.</param>
/// <param name="tokens">Pushes tokens.</param>
internal sealed class ControlCode(FunctionCode code, TokenCode tokens)
{
    private readonly ILGenerator _il = code.Il;
    private readonly TailCallCode _tailCalls = new(code, tokens);

    /// <summary>Writes what ends a block.</summary>
    public void Leave(Actor actor)
    {
        Block block = actor.Block!;
        switch (actor.Kind)
        {
            case ActorKind.Goto:
                Jump(block, 0, isLast: true);
                return;
            case ActorKind.Branch:
                Branch(block, actor.Inputs[0]);
                return;
            case ActorKind.TailCall:
                _tailCalls.Call(actor);
                Jump(block, 0, isLast: true);
                return;
            default:
                code.Run.Return(() => tokens.Push(actor.Inputs[0], wide: !code.IsBurst));
                return;
        }
    }

    private void Branch(Block block, Actor condition)
    {
        bool yesWorks = HasWork(block, 0), noWorks = HasWork(block, 1);
        Label yes = code.Labels[block.Successors[0].Index], no = code.Labels[block.Successors[1].Index];
        if (yesWorks && noWorks)
        {
            Label work = _il.DefineLabel();
            tokens.Conditions.JumpIf(condition, holds: true, work);
            Jump(block, 1, isLast: false);
            _il.MarkLabel(work);
            Jump(block, 0, isLast: true);
        }
        else if (yesWorks || (!noWorks && block.Successors[0].Index == block.Index + 1))
        {
            tokens.Conditions.JumpIf(condition, holds: false, no);
            Jump(block, 0, isLast: true);
        }
        else
        {
            tokens.Conditions.JumpIf(condition, holds: true, yes);
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
        bool enters = block == code.Function.Entry && next.Slot == code.Function.Start;
        if (!(code.IsAhead || code.Needs.Budget) || enters)
            return 0;
        int distance = block.Terminator.Slot + 1 - next.Slot;
        return !code.Trusts ? Math.Max(0, distance) : next.Index <= block.Index ? Math.Max(1, distance) : 0;
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
            if (code.VariableOf(merge) is { } variable && code.VariableOf(merge.Inputs[way]) != variable)
                copies.Add((merge, merge.Inputs[way]));
        }
        return copies;
    }

    // All values are taken before one is set: the evaluation stack makes the copies parallel.
    private void Jump(Block block, int exit, bool isLast)
    {
        Block next = block.Successors[exit];
        if (CostOf(block, next) is > 0 and var cost)
            code.Run.Spend(block.Terminator, cost);
        List<(Actor Merge, Actor Value)> copies = Copies(block, exit);
        foreach ((Actor merge, Actor value) in copies)
            tokens.Push(value, wide: !Placement.IsNarrow(merge));
        for (int i = copies.Count - 1; i >= 0; i--)
            _il.Emit(OpCodes.Stloc, code.VariableOf(copies[i].Merge)!);
        if (!isLast || next.Index != block.Index + 1)
            _il.Emit(OpCodes.Br, code.Labels[next.Index]);
    }
}
