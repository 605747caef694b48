namespace Headrace.Dataflow;

/// <summary>Turns stack slots that only loads and stores touch into values.</summary>
/// <remarks>
/// Slots are the smallest ranges of a frame that no access crosses; up to 8 bytes they become one value, of which narrower accesses
/// take or replace a part. What a helper, a call or an address at an unknown offset may touch stays memory.
/// </remarks>
internal sealed class PromoteStack : IPass
{
    public string Name => "promote-stack";

    public string Summary => "stack slots become values";

    public int Run(Graph graph) => graph.List.Sum(Run);

    private static int Run(GraphFunction function)
    {
        List<StackSlotRange> slots = StackSlots.Find(function);
        return slots.Count == 0 ? 0 : new Promotion(function, slots).Run();
    }

    private sealed class Promotion(GraphFunction function, List<StackSlotRange> slots)
    {
        private readonly Dictionary<Block, Actor[]> _ends = [];
        private readonly List<(Block Block, Actor[] Merges)> _merges = [];
        private int _changes;

        public int Run()
        {
            foreach (Block block in function.List)
            {
                Actor[] values = Begin(block);
                foreach (Actor actor in block.List.ToArray())
                    Replace(actor, values);
                _ends[block] = values;
            }
            foreach ((Block block, Actor[] merges) in _merges)
            {
                foreach (Edge edge in block.Predecessors)
                {
                    for (int slot = 0; slot < merges.Length; slot++)
                        merges[slot].AddInput(_ends[edge.From][slot]);
                }
            }
            return _changes;
        }

        private Actor[] Begin(Block block)
        {
            if (block == function.Entry)
                return [.. slots.Select(_ => function.Constant(0))];
            if (block.Predecessors.Count == 1)
                return [.. _ends[block.Predecessors[0].From]];
            var merges = new Actor[slots.Count];
            for (int slot = 0; slot < merges.Length; slot++)
                block.Insert(0, merges[slot] = function.Graph.NewActor(ActorKind.Merge, block.Slot));
            _merges.Add((block, merges));
            return [.. merges];
        }

        private void Replace(Actor actor, Actor[] values)
        {
            if (actor.Kind is not (ActorKind.Load or ActorKind.Store))
                return;
            PointerFacts place = MemoryPlace.Of(actor).Pointer;
            int slot = slots.FindIndex(slot => slot.Holds(place));
            if (slot < 0)
                return;
            int shift = (int)(place.Offset!.Value - slots[slot].From) * 8;
            bool isWhole = actor.Size == slots[slot].Size;
            if (actor.Kind == ActorKind.Load)
            {
                Actor part = shift == 0 ? values[slot] : actor.Before(ActorKind.ShiftRight, values[slot], actor.Constant((ulong)shift));
                actor.Become(isWhole && actor.Size == 8 ? part : actor.Extended(part, actor.Size, actor.Signed));
            }
            else
            {
                Actor value = actor.Extended(actor.Inputs[1], actor.Size);
                values[slot] = isWhole ? value : Insert(actor, values[slot], value, shift);
                actor.Block!.Remove(actor);
            }
            _changes++;
        }

        private static Actor Insert(Actor place, Actor old, Actor value, int shift)
        {
            ulong hole = ~(Rewriting.Mask(place.Size) << shift);
            Actor rest = place.Before(ActorKind.And, old, place.Constant(hole));
            Actor part = shift == 0 ? value : place.Before(ActorKind.ShiftLeft, value, place.Constant((ulong)shift));
            return place.Before(ActorKind.Or, rest, part);
        }
    }
}
