using Headrace.Bytecode;

namespace Headrace.Dataflow;

/// <summary>Turns look-ups of a constant index of an array into the element's address, which is never null.</summary>
/// <remarks>Counters and settings are found this way in most programs: with the look-up go its key on the stack and the check of its answer.</remarks>
internal sealed class ConstantElements : IPass
{
    private const int KeySize = 4;

    // Actors that are looked at on the way back to the key's store.
    private const int MaxDistance = 64;

    public string Name => "constant-elements";

    public string Summary => "look-ups of a constant index of an array become addresses";

    public int Run(Graph graph)
    {
        int changes = 0;
        foreach (Actor lookup in graph.Snapshot())
        {
            // Without a verifier's word a key may lie where reading it faults.
            if (lookup is not { Kind: ActorKind.Helper, Helper: HelperId.MapLookupElem } || !graph.IsVerified || HelperEffects.MapIndex(lookup) is not (>= 0 and var map)
                || graph.Maps[map] is not { Type: MapType.Array or MapType.PerCpuArray, KeySize: KeySize } array || KeyOf(lookup) is not { } index || index >= array.MaxEntries)
            {
                continue;
            }
            lookup.Become(lookup.Block!.Function.Literal(ActorKind.ElementAddress, index, map));
            changes++;
        }
        return changes;
    }

    /// <summary>The key that was stored for a look-up; null when it is not one constant.</summary>
    private static uint? KeyOf(Actor lookup)
    {
        if (lookup.Inputs[1].Facts.Pointer is not { Kind: PointerKind.Stack, Index: >= 0, Offset: { } from } key)
            return null;
        ulong regions = lookup.Effects.Reads & lookup.Block!.Function.Graph.Regions.Of(RegionKind.Stack);
        Block block = lookup.Block;
        int position = block.List.IndexOf(lookup);
        for (int step = 0; step < MaxDistance; step++)
        {
            while (position == 0)
            {
                if (block.Predecessors.Count != 1)
                    return null;
                block = block.Predecessors[0].From;
                position = block.List.Count;
            }
            Actor actor = block.List[--position];
            if ((actor.Effects.Writes & regions) == 0)
                continue;
            if (actor.Kind is not (ActorKind.Store or ActorKind.ClearBytes))
                return null;
            PointerFacts place = MemoryPlace.Of(actor).Pointer;
            int size = actor.AccessSize;
            if (place is not { Kind: PointerKind.Stack, Offset: { } start } || place.Index != key.Index)
                return null;
            if (start >= from + KeySize || start + size <= from)
                continue;
            if (start > from || start + size < from + KeySize)
                return null;
            return actor.Kind == ActorKind.ClearBytes ? 0 : actor.ConstantInput(1) is { } value ? (uint)(value >> (int)(from - start) * 8) : null;
        }
        return null;
    }
}
