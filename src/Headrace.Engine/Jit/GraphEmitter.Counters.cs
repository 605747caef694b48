using System.Reflection.Emit;
using Headrace.Bytecode;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <content>Counters that are summed over a burst: <see cref="Actor.IsCombined"/>.</content>
internal sealed unsafe partial class GraphEmitter
{
    // Each takes two variables; more than these add at once.
    private const int MostCounters = 4;

    // Where each adds, 0 for nowhere yet, and how much is still to be added there.
    private readonly Dictionary<Actor, (LocalBuilder Address, LocalBuilder Sum)> _counters = [];

    private void StartCounters()
    {
        foreach (Actor counter in _function.Actors.Where(actor => actor.IsCombined).Take(MostCounters))
        {
            LocalBuilder address = _il.DeclareLocal(typeof(ulong));
            LocalBuilder sum = _il.DeclareLocal(counter.Size == 8 ? typeof(ulong) : typeof(uint));
            _counters.Add(counter, (address, sum));
            Constant(0, wide: true);
            _il.Emit(OpCodes.Stloc, address);
            Constant(0, counter.Size == 8);
            _il.Emit(OpCodes.Stloc, sum);
        }
    }

    /// <summary>Adds to a counter's sum; what was summed for another element goes there first.</summary>
    private void Count(Actor counter, LocalBuilder address, LocalBuilder sum)
    {
        bool wide = counter.Size == 8;
        LocalBuilder element = _il.DeclareLocal(typeof(ulong));
        Label same = _il.DefineLabel();
        PushAddress(counter.Inputs[0], counter.Immediate);
        _il.Emit(OpCodes.Stloc, element);
        _il.Emit(OpCodes.Ldloc, element);
        _il.Emit(OpCodes.Ldloc, address);
        _il.Emit(OpCodes.Bne_Un, Rare(() =>
        {
            FinishCounter(wide, address, sum);
            _il.Emit(OpCodes.Ldloc, element);
            _il.Emit(OpCodes.Stloc, address);
            Constant(0, wide);
            _il.Emit(OpCodes.Stloc, sum);
            _il.Emit(OpCodes.Br, same);
        }));
        _il.MarkLabel(same);
        _il.Emit(OpCodes.Ldloc, sum);
        Push(counter.Inputs[1], wide);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, sum);
    }

    private void FinishCounters()
    {
        foreach ((Actor counter, (LocalBuilder address, LocalBuilder sum)) in _counters)
            FinishCounter(counter.Size == 8, address, sum);
    }

    private void FinishCounter(bool wide, LocalBuilder address, LocalBuilder sum)
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
