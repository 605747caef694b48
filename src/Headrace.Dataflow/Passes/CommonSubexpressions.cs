using Headrace.Bytecode;

namespace Headrace.Dataflow;

/// <summary>Lets one actor do what several did: the same operation on the same tokens.</summary>
internal sealed class CommonSubexpressions : IPass
{
    // Places at which an operation is remembered: what lies further back is rarely behind every way here.
    private const int MaxPlaces = 64;

    public string Name => "common-subexpressions";

    public string Summary => "the same operation on the same tokens is done once";

    public int Run(Graph graph) => graph.List.Sum(Run);

    private static int Run(GraphFunction function)
    {
        int changes = 0;
        var dominators = new Dominators(function);
        var known = new Dictionary<Key, List<Actor>>();
        foreach (Block block in function.List)
        {
            foreach (Actor actor in block.List.ToArray())
            {
                if (!actor.IsPure || actor.IsLiteral || actor.Kind is ActorKind.Parameter or ActorKind.Merge)
                    continue;
                Key key = Key.Of(actor);
                if (!known.TryGetValue(key, out List<Actor>? same))
                    known[key] = same = [];
                if (same.FirstOrDefault(other => dominators.Dominates(other.Block!, block)) is { } first)
                {
                    actor.Become(first);
                    changes++;
                }
                else
                {
                    if (same.Count == MaxPlaces)
                        same.RemoveAt(0);
                    same.Add(actor);
                }
            }
            changes += ShareMerges(block);
        }
        return changes;
    }

    private static int ShareMerges(Block block)
    {
        int changes = 0;
        var known = new List<Actor>();
        foreach (Actor merge in block.Merges.ToArray())
        {
            if (known.FirstOrDefault(other => other.Inputs.SequenceEqual(merge.Inputs)) is { } same)
            {
                merge.Become(same);
                changes++;
            }
            else
            {
                known.Add(merge);
            }
        }
        return changes;
    }

    private readonly record struct Key(ActorKind Kind, bool Is32, bool Signed, int Size, JumpOp Condition, long Immediate, int A, int B, int C)
    {
        public static Key Of(Actor actor)
        {
            int a = actor.Inputs[0].Id, b = actor.Inputs.Count > 1 ? actor.Inputs[1].Id : -1, c = actor.Inputs.Count > 2 ? actor.Inputs[2].Id : -1;
            if (Rewriting.IsCommutative(actor.Kind) && a > b)
                (a, b) = (b, a);
            return new Key(actor.Kind, actor.Is32, actor.Signed, actor.Size, actor.Kind == ActorKind.Compare ? actor.Condition : 0, actor.Immediate, a, b, c);
        }
    }
}
