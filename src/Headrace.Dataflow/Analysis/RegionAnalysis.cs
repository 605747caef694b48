using System.Globalization;
using Headrace.Bytecode;

namespace Headrace.Dataflow;

/// <summary>Splits memory into regions that cannot overlap and says of each actor which it touches.</summary>
internal sealed class RegionAnalysis
{
    // 64 bits hold the fixed regions, these, and two for each of so many maps.
    private const int MaxPacketRegions = 20;
    private const int MaxStackRegions = 16;
    private const int MaxMaps = 8;

    private readonly Graph _graph;
    private readonly List<Region> _regions = [];
    private readonly Dictionary<int, Effects> _functions = [];
    private RegionMap _map = RegionMap.Empty;

    private RegionAnalysis(Graph graph) => _graph = graph;

    /// <summary>Sets <see cref="Graph.Regions"/> and <see cref="Actor.Effects"/>.</summary>
    public static void Run(Graph graph) => new RegionAnalysis(graph).Run();

    private void Run()
    {
        FindRegions();
        _graph.Regions = _map = new RegionMap(_regions);
        foreach (GraphFunction function in _graph.List)
            _functions[function.Start] = default;
        for (bool changed = true; changed;)
        {
            changed = false;
            // Those that are called stand behind their callers.
            foreach (GraphFunction function in _graph.List.AsEnumerable().Reverse())
            {
                Effects sum = default;
                foreach (Block block in function.List)
                {
                    foreach (Actor actor in block.List)
                    {
                        if (actor.IsPure)
                            continue;
                        actor.Effects = EffectsOf(actor);
                        sum |= actor.Effects;
                    }
                }
                // What a function does matters to its callers alone.
                changed |= _graph.List.Count > 1 && sum != _functions[function.Start];
                _functions[function.Start] = sum;
            }
        }
    }

    private void FindRegions()
    {
        var packet = new List<(long From, long To)>();
        var stack = new Dictionary<int, List<(long, long)>>();
        var maps = new SortedSet<int>();
        foreach (Actor actor in _graph.List.SelectMany(function => function.Actors))
        {
            if (actor.Map >= 0)
                maps.Add(actor.Map);
            foreach ((PointerFacts place, long? size) in Places(actor))
            {
                if (place.Offset is not { } offset || size is not { } bytes || bytes <= 0)
                    continue;
                if (place.Kind == PointerKind.Packet)
                    packet.Add((offset, offset + bytes));
                else if (place.Kind == PointerKind.Stack && place.Index >= 0)
                    (stack.TryGetValue(place.Index, out var list) ? list : stack[place.Index] = []).Add((offset, offset + bytes));
            }
        }
        Add(RegionKind.Context, "context");
        foreach ((long from, long to) in Separate(packet, MaxPacketRegions))
            Add(RegionKind.Packet, Range("packet", from, to), -1, from, to);
        Add(RegionKind.PacketRest, "packet elsewhere");
        int perFrame = Math.Max(1, MaxStackRegions / Math.Max(1, stack.Count));
        foreach ((int frame, List<(long, long)> ranges) in stack.OrderBy(pair => pair.Key))
        {
            foreach ((long from, long to) in Separate(ranges, perFrame))
                Add(RegionKind.Stack, Range(frame == 0 ? "stack" : $"stack {frame}", from, to), frame, from, to);
        }
        // Frames beyond those, and bytes at offsets that only the run knows.
        Add(RegionKind.Stack, "stack elsewhere");
        foreach (int map in maps.Take(MaxMaps))
        {
            Add(RegionKind.MapIndex, $"{_graph.Maps[map].Name} elements", map);
            Add(RegionKind.MapValues, _graph.Maps[map].Name, map);
        }
        Add(RegionKind.MapIndex, "other maps' elements");
        Add(RegionKind.MapValues, "other maps");
        Add(RegionKind.HelperMemory, "records");
        Add(RegionKind.World, "world");
    }

    private static string Range(string name, long from, long to) => string.Create(CultureInfo.InvariantCulture, $"{name}[{from}..{to})");

    private void Add(RegionKind kind, string name, int map = -1, long from = 0, long to = 0) =>
        _regions.Add(new Region(_regions.Count, kind, name, map, from, to));

    /// <summary>Joins ranges that overlap; when too many are left, the nearest ones too.</summary>
    private static List<(long From, long To)> Separate(List<(long From, long To)> ranges, int most)
    {
        var apart = new List<(long From, long To)>();
        foreach ((long from, long to) in ranges.Order())
        {
            if (apart.Count > 0 && from < apart[^1].To)
                apart[^1] = (apart[^1].From, Math.Max(apart[^1].To, to));
            else
                apart.Add((from, to));
        }
        if (apart.Count <= most)
            return apart;
        int[] widest = [.. Enumerable.Range(1, apart.Count - 1).OrderByDescending(i => apart[i].From - apart[i - 1].To).Take(most - 1).Order()];
        int[] starts = [0, .. widest];
        return [.. starts.Select((start, i) => (apart[start].From, apart[(i + 1 < starts.Length ? starts[i + 1] : apart.Count) - 1].To))];
    }

    /// <summary>The places an actor touches and how many bytes of each; null for a number of bytes that is not known.</summary>
    private static IEnumerable<(PointerFacts Place, long? Size)> Places(Actor actor)
    {
        for (int input = 0; input < actor.Addresses; input++)
            yield return (AccessPlace.Of(actor, input).Pointer, actor.AccessSize);
        if (actor.Kind != ActorKind.Helper)
            yield break;
        foreach ((int input, long? size, _, _) in HelperEffects.Memory(actor))
            yield return (actor.Inputs[input].Facts.Pointer, size);
    }

    private Effects EffectsOf(Actor actor)
    {
        switch (actor.Kind)
        {
            case ActorKind.Load:
                return new Effects(At(actor, 0), 0);
            case ActorKind.Store or ActorKind.ClearBytes:
                return new Effects(0, At(actor, 0));
            case ActorKind.Atomic:
                ulong place = At(actor, 0);
                return actor.AtomicOp == AtomicOp.LoadAcquire ? new Effects(place, 0) : new Effects(place, place);
            case ActorKind.CopyBytes:
                return new Effects(At(actor, 1), At(actor, 0));
            case ActorKind.PacketLoad:
                return new Effects(_map.Of(RegionKind.Packet) | _map.Of(RegionKind.PacketRest) | _map.Of(RegionKind.Context), 0);
            case ActorKind.Call:
                // Its frames lie where those of functions lie that were inlined here.
                ulong stack = _map.Of(RegionKind.Stack);
                return _functions[(int)actor.Immediate] | new Effects(stack, stack);
            case ActorKind.TailCall:
                return new Effects(_map.Mask, _map.Mask);
            case ActorKind.Helper:
                return OfHelper(actor);
            default:
                return default;
        }
    }

    private Effects OfHelper(Actor actor)
    {
        if (HelperEffects.IsOpaque(actor))
            return new Effects(_map.Mask, _map.Mask);
        Effects effects = HelperEffects.Besides(actor, _map);
        foreach ((int input, long? size, bool reads, bool writes) in HelperEffects.Memory(actor))
        {
            ulong place = At(actor.Inputs[input].Facts.Pointer, size);
            effects |= new Effects(reads ? place : 0, writes ? place : 0);
        }
        return effects;
    }

    private ulong At(Actor access, int input) => At(AccessPlace.Of(access, input).Pointer, access.AccessSize);

    /// <summary>The regions that some bytes may lie in.</summary>
    private ulong At(PointerFacts place, long? size)
    {
        if (size == 0)
            return 0;
        switch (place.Kind)
        {
            case PointerKind.Context:
                return _map.Of(RegionKind.Context);
            case PointerKind.Packet:
                return Overlapping(RegionKind.Packet, -1, place.Offset, size) | (IsCovered(RegionKind.Packet, -1, place.Offset, size) ? 0 : _map.Of(RegionKind.PacketRest));
            case PointerKind.Stack:
                bool isCovered = place.Index >= 0 && IsCovered(RegionKind.Stack, place.Index, place.Offset, size);
                return Overlapping(RegionKind.Stack, place.Index, place.Offset, size) | (isCovered ? 0 : _map.Bits(region => region.Kind == RegionKind.Stack && region.Map < 0));
            case PointerKind.MapValue:
                return _map.OfMap(RegionKind.MapValues, place.Index);
            case PointerKind.HelperMemory:
                return _map.Of(RegionKind.HelperMemory);
            default:
                return _map.Mask & ~_map.Of(RegionKind.World);
        }
    }

    // These two are asked for every access after every pass.
    private ulong Overlapping(RegionKind kind, int frame, long? from, long? size)
    {
        ulong bits = 0;
        foreach (Region region in _regions)
        {
            if (region.Kind == kind && (kind == RegionKind.Packet || frame < 0 || region.Map == frame) && !(region.Map < 0 && kind == RegionKind.Stack)
                && (from is not { } start || (start < region.To && (size is not { } bytes || start + bytes > region.From))))
            {
                bits |= region.Bit;
            }
        }
        return bits;
    }

    private bool IsCovered(RegionKind kind, int frame, long? from, long? size)
    {
        if (from is not { } start || size is not { } bytes)
            return false;
        foreach (Region region in _regions)
        {
            if (region.Kind == kind && (kind == RegionKind.Packet || region.Map == frame) && start >= region.From && start + bytes <= region.To)
                return true;
        }
        return false;
    }
}
