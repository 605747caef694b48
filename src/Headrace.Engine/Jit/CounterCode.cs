using System.Reflection.Emit;
using Headrace.Bytecode;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>Writes counters that are summed over a burst: <see cref="Actor.IsCombined"/>.</summary>
/// <param name="code">The function.</param>
/// <param name="tokens">Pushes addresses and what is added.</param>
internal sealed class CounterCode(FunctionCode code, TokenCode tokens)
{
    // Each takes two variables; more than these add at once.
    private const int MostCounters = 4;

    private readonly ILGenerator _il = code.Il;

    // Where each adds, 0 for nowhere yet, and how much is still to be added there.
    private readonly Dictionary<Actor, (LocalBuilder Address, LocalBuilder Sum)> _counters = [];

    /// <summary>Gives counters their variables, before a burst's first packet.</summary>
    public void Start()
    {
        foreach (Actor counter in code.Function.Actors.Where(actor => actor.IsCombined).Take(MostCounters))
        {
            LocalBuilder address = _il.DeclareLocal(typeof(ulong));
            LocalBuilder sum = _il.DeclareLocal(counter.Size == 8 ? typeof(ulong) : typeof(uint));
            _counters.Add(counter, (address, sum));
            code.Constant(0, wide: true);
            _il.Emit(OpCodes.Stloc, address);
            code.Constant(0, counter.Size == 8);
            _il.Emit(OpCodes.Stloc, sum);
        }
    }

    /// <summary>Adds to a counter's sum; what was summed for another element goes there first.</summary>
    /// <returns>False for an actor that is no such counter.</returns>
    public bool Count(Actor counter)
    {
        if (!_counters.TryGetValue(counter, out (LocalBuilder Address, LocalBuilder Sum) variables))
            return false;
        (LocalBuilder address, LocalBuilder sum) = variables;
        bool wide = counter.Size == 8;
        LocalBuilder element = _il.DeclareLocal(typeof(ulong));
        Label same = _il.DefineLabel();
        tokens.PushAddress(counter.Inputs[0], counter.Immediate);
        _il.Emit(OpCodes.Stloc, element);
        _il.Emit(OpCodes.Ldloc, element);
        _il.Emit(OpCodes.Ldloc, address);
        _il.Emit(OpCodes.Bne_Un, code.Rare(() =>
        {
            Finish(wide, address, sum);
            _il.Emit(OpCodes.Ldloc, element);
            _il.Emit(OpCodes.Stloc, address);
            code.Constant(0, wide);
            _il.Emit(OpCodes.Stloc, sum);
            _il.Emit(OpCodes.Br, same);
        }));
        _il.MarkLabel(same);
        _il.Emit(OpCodes.Ldloc, sum);
        tokens.Push(counter.Inputs[1], wide);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, sum);
        return true;
    }

    /// <summary>Adds what was summed, behind its last.</summary>
    public void Finish()
    {
        foreach ((Actor counter, (LocalBuilder address, LocalBuilder sum)) in _counters)
            Finish(counter.Size == 8, address, sum);
    }

    private void Finish(bool wide, LocalBuilder address, LocalBuilder sum)
    {
        Label nowhere = _il.DefineLabel();
        _il.Emit(OpCodes.Ldloc, address);
        _il.Emit(OpCodes.Brfalse, nowhere);
        _il.Emit(OpCodes.Ldloc, address);
        _il.Emit(OpCodes.Ldloc, sum);
        _il.Emit(OpCodes.Call, JitMethods.Atomic(AtomicOp.Add, wide));
        _il.Emit(OpCodes.Pop);
        _il.MarkLabel(nowhere);
    }
}
