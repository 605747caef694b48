using System.Reflection.Emit;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>Writes what stands in the blocks of a function, actor by actor.</summary>
internal sealed class BlockCode
{
    private readonly FunctionCode _code;
    private readonly ControlCode _control;

    /// <summary>Prepares to write the blocks of a function.</summary>
    public BlockCode(FunctionCode code)
    {
        _code = code;
        Tokens = new TokenCode(code);
        Counters = new CounterCode(code, Tokens);
        _control = new ControlCode(code, Tokens);
    }

    /// <summary>Writes expressions.</summary>
    public TokenCode Tokens { get; }

    /// <summary>Writes counters that are summed over a burst, once they were started.</summary>
    public CounterCode Counters { get; }

    /// <summary>Writes all blocks in their order.</summary>
    public void Write()
    {
        foreach (Block block in _code.Function.Blocks)
        {
            _code.Il.MarkLabel(_code.Labels[block.Index]);
            foreach (Actor actor in block.Actors)
                Write(actor);
        }
    }

    /// <summary>Writes an actor that stands by itself; nothing for those that others are written with.</summary>
    public void Write(Actor actor)
    {
        if (actor.IsTerminator)
        {
            _control.Leave(actor);
            return;
        }
        if (actor.IsLiteral || _code.Placement.IsInTree(actor) || actor.Kind is ActorKind.Merge or ActorKind.Parameter)
            return;
        int local = _code.Placement.LocalOf(actor);
        switch (actor.Kind)
        {
            case ActorKind.Atomic when Counters.Count(actor):
                return;
            case ActorKind.Store:
                Tokens.Accesses.Store(actor);
                return;
            case ActorKind.CopyBytes:
                Tokens.Accesses.Copy(actor);
                return;
            case ActorKind.ClearBytes:
                Tokens.Accesses.Clear(actor);
                return;
            case ActorKind.Select when local >= 0:
                Tokens.Conditions.Select(actor, _code.Variables[local]);
                return;
        }
        if (actor.IsPure && local < 0)
            return; // nobody takes it
        Tokens.Fire(actor, Placement.IsNarrow(actor));
        if (local >= 0)
            _code.Il.Emit(OpCodes.Stloc, _code.Variables[local]);
        else
            _code.Il.Emit(OpCodes.Pop);
    }
}
