namespace Headrace.Dataflow;

/// <summary>Finds the stack slots that nothing but loads and stores at known offsets touches.</summary>
internal static class StackSlots
{
    /// <summary>The slots of a function.</summary>
    public static List<StackSlotRange> Find(GraphFunction function)
    {
        var ranges = new List<(int Frame, long From, long To, bool Stays)>();
        bool anyUnknown = false;
        var escaped = new HashSet<int>();
        foreach (Actor actor in function.Actors)
            Look(actor, ranges, escaped, ref anyUnknown);
        var slots = new List<StackSlotRange>();
        // An access that may hit several frames leaves none alone.
        if (ranges.Any(range => range.Frame < 0))
            return slots;
        foreach (var frame in ranges.GroupBy(range => range.Frame))
        {
            // An address that got away may come back through a pointer of which nothing is known.
            if (escaped.Contains(-1) || (escaped.Contains(frame.Key) && anyUnknown))
                continue;
            slots.AddRange(Separate(frame.Key, frame));
        }
        return slots;
    }

    private static void Look(Actor actor, List<(int, long, long, bool)> ranges, HashSet<int> escaped, ref bool anyUnknown)
    {
        for (int input = 0; input < actor.Inputs.Count; input++)
        {
            PointerFacts pointer = actor.Inputs[input].Facts.Pointer;
            if (input < actor.Addresses)
            {
                PointerFacts place = pointer.Move(actor.Displacement(input));
                anyUnknown |= place.Kind is PointerKind.Unknown or PointerKind.None;
                // A frame that is closed again must not be touched: such an access stays, and faults.
                bool isClosed = place.Kind == PointerKind.Stack && place.Index > actor.Frame;
                Take(place, actor.AccessSize, stays: isClosed || actor.Kind is not (ActorKind.Load or ActorKind.Store), ranges);
            }
            else if (actor.Kind == ActorKind.Helper)
            {
                anyUnknown |= HelperEffects.Does(actor, HelperBehavior.IsOpaque | HelperBehavior.ReadsAnyMemory);
                (_, long? bytes, _, _) = HelperEffects.Memory(actor).FirstOrDefault(memory => memory.Input == input && memory.Size is not null);
                bool isMemory = HelperEffects.Memory(actor).Any(memory => memory.Input == input);
                anyUnknown |= isMemory && pointer.Kind is PointerKind.Unknown or PointerKind.None;
                if (pointer.Kind == PointerKind.Stack && isMemory && !HelperEffects.IsOpaque(actor))
                    Take(pointer, bytes, stays: true, ranges);
                else if (pointer.Kind == PointerKind.Stack)
                    Take(pointer with { Offset = null }, null, stays: true, ranges);
            }
            else if (pointer.Kind == PointerKind.Stack && LetsEscape(actor))
            {
                escaped.Add(pointer.Index);
                // A function is given the address: it may touch the whole frame.
                if (actor.Kind == ActorKind.Call)
                    Take(pointer with { Offset = null }, null, stays: true, ranges);
            }
        }
        anyUnknown |= actor.Kind is ActorKind.Call;
    }

    // Arithmetic gives pointers that facts follow; comparisons give none.
    private static bool LetsEscape(Actor actor) => actor.Kind switch
    {
        ActorKind.Compare => false,
        ActorKind.Add or ActorKind.Subtract or ActorKind.Merge or ActorKind.Select or ActorKind.Extend => actor.Facts.Pointer.Kind is not PointerKind.Stack,
        _ => true,
    };

    private static void Take(PointerFacts place, long? size, bool stays, List<(int, long, long, bool)> ranges)
    {
        if (place.Kind != PointerKind.Stack)
            return;
        (long from, long to) = place.Offset is { } offset ? (offset, size is { } bytes ? offset + bytes : 0) : (-MemoryPlace.FrameSize, 0);
        // Beyond the frame's ends a program that no verifier has seen touches another frame.
        bool isInside = from >= -MemoryPlace.FrameSize && to <= 0;
        ranges.Add((place.Index, from, Math.Max(from, to), stays || place.Offset is null || !isInside));
    }

    private static IEnumerable<StackSlotRange> Separate(int frame, IEnumerable<(int Frame, long From, long To, bool Stays)> ranges)
    {
        (long From, long To, bool Stays)? current = null;
        foreach ((_, long from, long to, bool stays) in ranges.OrderBy(range => range.From).ThenBy(range => range.To))
        {
            if (current is { } slot && from < slot.To)
            {
                current = (slot.From, Math.Max(slot.To, to), slot.Stays || stays);
                continue;
            }
            if (current is { Stays: false } done && done.To - done.From <= 8)
                yield return new StackSlotRange(frame, done.From, (int)(done.To - done.From));
            current = (from, to, stays);
        }
        if (current is { Stays: false } last && last.To - last.From <= 8)
            yield return new StackSlotRange(frame, last.From, (int)(last.To - last.From));
    }
}
