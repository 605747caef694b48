using Headrace.Bytecode;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>What the code of a graph has to keep at hand.</summary>
/// <param name="Machine">Something in it looks at the machine's packet, or at which program runs. Tail calls see to that themselves.</param>
/// <param name="Begin">A run may leave things behind (memory that a helper gave, a lock): each starts from scratch.</param>
/// <param name="Budget">Something spends of the run's budget: callbacks, loops that nobody has proved to end.</param>
internal sealed record CodeNeeds(bool Machine, bool Begin, bool Budget)
{
    /// <summary>Looks through a graph.</summary>
    /// <remarks>
    /// The verifier has walked the loops of what it accepted to their end, in a million instructions at most; what can go on longer than
    /// that is counted: because a helper calls it back again and again, because of may_goto, or because a global function was walked once,
    /// however often it is called.
    /// </remarks>
    public static CodeNeeds Of(Graph graph)
    {
        bool machine = !graph.IsVerified, begin = false;
        bool budget = !graph.IsVerified || graph.Program.Functions.Any(function => function.IsGlobal && function.Start != 0);
        foreach (GraphFunction function in graph.Functions)
        {
            foreach (Actor actor in function.Actors)
            {
                switch (actor.Kind)
                {
                    case ActorKind.Helper:
                        machine = true;
                        begin |= HelperEffects.Does(actor, HelperBehavior.Holds);
                        budget |= HelperEffects.Does(actor, HelperBehavior.CallsBack);
                        break;
                    case ActorKind.TailCall:
                        begin |= function != graph.Main; // where the run's tail calls are not counted from 0 again
                        break;
                    case ActorKind.Call or ActorKind.PacketLoad:
                        machine = true;
                        break;
                    case ActorKind.LoopBudget:
                        budget = true;
                        break;
                }
                for (int input = 0; input < actor.Addresses; input++)
                    machine |= !IsDirect(actor, input);
            }
        }
        return new CodeNeeds(machine || begin, begin, budget);
    }

    // A frame may lack the fields of a socket buffer.
    private static bool IsDirect(Actor access, int input) => AccessPlace.Of(access, input) is var place
        && (place.IsMemory || (place.Pointer is { Kind: PointerKind.Context, Offset: not null } && access.Block!.Function.Graph.Program.Type == ProgramType.Xdp));
}
