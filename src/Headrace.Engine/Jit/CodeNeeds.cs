using Headrace.Bytecode;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>What the code of a graph has to keep at hand.</summary>
/// <param name="Machine">Something in it looks at the machine's packet.</param>
/// <param name="Program">The same but for tail calls: it looks at which program runs.</param>
/// <param name="Begin">A run may leave things behind (memory that a helper gave, a lock): each starts from scratch.</param>
/// <param name="Budget">Something spends of the run's budget: callbacks, tail calls, loops that nobody has proved to end.</param>
/// <param name="CountsLoops">Jumps backward spend of it too.</param>
internal sealed record CodeNeeds(bool Machine, bool Program, bool Begin, bool Budget, bool CountsLoops)
{
    /// <summary>Looks through a graph.</summary>
    /// <remarks>
    /// The verifier has walked the loops of what it accepted to their end, in a million instructions at most; what can go on longer than
    /// that is counted: because a helper calls it back again and again, because of may_goto, or because a global function was walked once,
    /// however often it is called.
    /// </remarks>
    public static CodeNeeds Of(Graph graph)
    {
        bool program = !graph.IsVerified, tailCalls = false, begin = false, budget = false;
        bool counts = !graph.IsVerified || graph.Program.Functions.Any(function => function.IsGlobal && function.Start != 0);
        foreach (GraphFunction function in graph.Functions)
        {
            foreach (Actor actor in function.Actors)
            {
                switch (actor.Kind)
                {
                    case ActorKind.Helper:
                        program = true;
                        begin |= !LeavesNothing(actor.Helper);
                        counts |= CallingHelpers.MayCallBack(actor.Helper);
                        break;
                    case ActorKind.TailCall:
                        tailCalls = budget = true;
                        begin |= function != graph.Main; // where the run's tail calls are not counted from 0 again
                        break;
                    case ActorKind.Call or ActorKind.PacketLoad:
                        program = true;
                        break;
                    case ActorKind.LoopBudget:
                        counts = true;
                        break;
                    case ActorKind.Load or ActorKind.Store or ActorKind.Atomic or ActorKind.CopyBytes or ActorKind.ClearBytes:
                        // A frame may lack the fields of a socket buffer.
                        program |= actor.Inputs[0].Facts.Pointer.Kind is not (PointerKind.Packet or PointerKind.Stack or PointerKind.MapValue)
                            && !(actor.Inputs[0].Facts.Pointer.Kind == PointerKind.Context && graph.Program.Type == ProgramType.Xdp);
                        break;
                }
            }
        }
        return new CodeNeeds(program || tailCalls, program, begin, budget || counts, counts);
    }

    // Nothing in the machine for the next run to find.
    private static bool LeavesNothing(HelperId helper) => helper is
        HelperId.TailCall or HelperId.MapLookupElem or HelperId.MapUpdateElem or HelperId.MapDeleteElem or HelperId.KtimeGetNs or HelperId.GetPrandomU32
        or HelperId.GetSmpProcessorId or HelperId.CsumDiff or HelperId.Redirect or HelperId.RedirectMap or HelperId.PerfEventOutput
        or HelperId.RingbufOutput or HelperId.FibLookup or HelperId.XdpAdjustHead or HelperId.XdpAdjustTail or HelperId.XdpAdjustMeta
        or HelperId.XdpGetBuffLen or HelperId.XdpLoadBytes or HelperId.XdpStoreBytes or HelperId.CheckMtu;
}
